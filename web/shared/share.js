// @ts-check
/** What a visitor takes along: text on the clipboard, a picture in a file. */

/**
 * Copy text to the clipboard.
 *
 * @param {string} text
 * @param {string} done The message when it is copied.
 * @param {(message: string, isError?: boolean) => void} say Reports the outcome.
 */
export async function copy(text, done, say) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say("This browser does not let the page copy; select the text and copy it by hand.", true);
  }
}

/**
 * Save a canvas as a PNG file.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 */
export function download(canvas, name) {
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(blob),
      download: name,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/** What a visitor takes along: text on the clipboard, a picture in a file. */

/** Copy, and report the outcome with `say(text, trouble)`. */
export async function copy(text, done, say) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say("This browser does not let the page copy; select the text and copy it by hand.", true);
  }
}

/** Save a canvas as a PNG file. */
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

// @ts-check
/** Files that are dropped on the page. While they are over it, the body has the class "dropping". */

/**
 * Call a function with files and folders that are dropped anywhere on the page.
 *
 * @param {(dropped: DataTransfer) => void} onDrop
 * @param {() => boolean} isWanted Whether the page takes files now.
 */
export function listenForDrops(onDrop, isWanted = () => true) {
  const takes = (/** @type {DragEvent} */ { dataTransfer }) =>
    dataTransfer?.types.includes("Files") && isWanted();
  const mark = (/** @type {boolean} */ isOver) =>
    document.body.classList.toggle("dropping", isOver);
  addEventListener("dragover", (event) => {
    if (!takes(event)) return;
    event.preventDefault(); // otherwise, the browser would leave the page and open the file
    mark(true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(false);
  });
  addEventListener("drop", (event) => {
    mark(false);
    if (!takes(event)) return;
    event.preventDefault();
    onDrop(/** @type {DataTransfer} */ (event.dataTransfer));
  });
}

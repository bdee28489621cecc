/** What helps and what does not, with the figures that came along. */
export function story(box, page) {}

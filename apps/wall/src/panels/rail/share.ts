/** Divides the rail between what needs attention and the feeds that are not on time; what is left out is counted. */
export interface Share {
  attention: number;
  feeds: number;
}

export function share(room: number, attention: number, feeds: number, rowHeight: { attention: number; feed: number; more: number; head: number }): Share {
  const feedsLeast = Math.min(feeds, 2);
  const block = (n: number, all: number, row: number): number => n * row + (n < all ? rowHeight.more : 0);
  const height = (a: number, f: number): number =>
    rowHeight.head +
    (attention === 0 ? rowHeight.more : block(a, attention, rowHeight.attention)) +
    (feeds > 0 ? rowHeight.head + block(f, feeds, rowHeight.feed) : 0);
  let result: Share = { attention: 0, feeds: 0 };
  for (let f = 0; f <= feedsLeast; f++) if (height(0, f) <= room) result = { attention: 0, feeds: f };
  while (result.attention < attention && height(result.attention + 1, result.feeds) <= room) result = { ...result, attention: result.attention + 1 };
  while (result.feeds < feeds && height(result.attention, result.feeds + 1) <= room) result = { ...result, feeds: result.feeds + 1 };
  return result;
}

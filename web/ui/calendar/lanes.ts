export interface Lane<T> {
  item: T;
  lane: number;
  lanes: number;
}

/** Side by side what overlaps: each takes the first lane that is free, and as wide as the lanes of its group allow. */
export function lanesOf<T>(items: readonly T[], span: (item: T) => { from: number; to: number }): Lane<T>[] {
  const sorted = [...items].sort((a, b) => span(a).from - span(b).from || span(b).to - span(a).to);
  const placed: Lane<T>[] = [];
  let group: Lane<T>[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const entry of group) entry.lanes = ends.length;
    placed.push(...group);
    group = [];
    ends = [];
  };
  for (const item of sorted) {
    const { from, to } = span(item);
    if (ends.every((end) => end <= from)) close();
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    group.push({ item, lane, lanes: 0 });
  }
  close();
  return placed;
}

import type { Meaning } from '../Badge.tsx';

export interface CalendarItem {
  id: string;
  /** A date, or a moment. */
  at: string;
  title: string;
  /** How long it takes; what has no length is drawn as one that takes half an hour. */
  minutes?: number;
  tone?: Meaning;
  done?: boolean;
  /** Only foreseen, such as the next times of what repeats: it can be opened, not moved. */
  foreseen?: boolean;
}

export const minutes_drawn_min = 30;
export const drag_kind = 'calendarItem';

/** By their time; what has none comes first. */
export const byTime = (a: CalendarItem, b: CalendarItem) =>
  Number(a.at.length !== 10) - Number(b.at.length !== 10) || a.at.localeCompare(b.at) || a.id.localeCompare(b.id);

export const barTones: Record<Meaning, string> = {
  neutral: 'border-s-control',
  accent: 'border-s-accent',
  good: 'border-s-good',
  attention: 'border-s-attention',
  bad: 'border-s-bad',
  info: 'border-s-info',
};

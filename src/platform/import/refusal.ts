import { cutText } from '../csv/index.ts';

/** Why a text is not the value it should be. A parser answers with the value or with this; it never throws. */
export interface Refusal {
  code: string;
  message: string;
  /** Of a cell with several values: those that fit, as the database reads them, and the text of the others. */
  part?: { value: string; left_out: string };
}

export function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'object' && result !== null && 'code' in result && 'message' in result;
}

export function refuse(code: string, message: string): Refusal {
  return { code, message };
}

export function shown(text: string): string {
  return text.length > 40 ? `“${cutText(text, 40)}…”` : `“${text}”`;
}

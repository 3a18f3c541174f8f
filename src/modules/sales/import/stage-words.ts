const wonWords = /(^|\s)(closed)?(won|win|gewonnen|gagné|ganado)(\s|$)/i;
const lostWords = /(^|\s)(closed)?(lost|loss|verloren|perdu|perdido)(\s|$)/i;

/** What the name of a stage says about a deal in it. */
export function statusOfStage(stage: string): 'won' | 'lost' | 'open' {
  const words = stage.replace(/[^\p{L}]+/gu, ' ');
  if (lostWords.test(words)) return 'lost';
  return wonWords.test(words) ? 'won' : 'open';
}

/** After a gap like this between two runs, the clock may have been set ahead; that nothing ran for so long is rare. */
const leap_days = 7;
/** Time to notice it: what is deleted is gone for good. */
export const pause_hours = 24;

/**
 * Until when nothing may be deleted by age; null: nothing is in the way. Each run asks before it deletes; the clock is
 * that of the database.
 */
export async function readPause(
  query: (text: string) => Promise<{ until: Date | string | null }[]>,
): Promise<Date | string | null> {
  const [row] = await query(`select app.pause_deletion(now(), ${leap_days}, ${pause_hours}) as until`);
  return row!.until;
}

/** What a paused run logs. */
export const paused_message =
  'nothing is deleted by age until then: much time went by at once, perhaps because the clock was set ahead';

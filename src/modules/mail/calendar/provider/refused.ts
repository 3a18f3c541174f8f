import { problems } from '../../../../kernel/errors/problem.ts';

export const isGone = (status: number): boolean => status === 404 || status === 410;

/** A provider says why it refuses only where one changes it there. */
export function refuseRefused({ status }: { status: number }): void {
  if (status < 300) return;
  throw problems.conflict(
    `Your provider refuses it (${status}). Change it in your calendar program, which shows why.`,
    'provider_refuses',
  );
}

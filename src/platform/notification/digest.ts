import { nextRun } from '../../kernel/jobs/schedule.ts';
import type { NotificationSettings } from './contract.ts';

type Rhythm = Pick<NotificationSettings, 'digest' | 'digest_hour' | 'digest_weekday' | 'time_zone'>;

/**
 * The next time of somebody's digest after a moment, by the clock where they live; an hour that the clocks skip is the
 * one after it.
 */
export const nextDigestAt = (after: Date, { digest, digest_hour, digest_weekday, time_zone }: Rhythm): Date =>
  nextRun(`0 ${digest_hour} * * ${digest === 'weekly' ? digest_weekday : '*'}`, time_zone, after)!;

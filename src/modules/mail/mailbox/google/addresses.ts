import type { Config } from '../../../../kernel/config/config.ts';

/** Google's interfaces. With GOOGLE_URL all of them are at one address, by which tests stand in for Google. */
export const addressesOf = ({ GOOGLE_URL: other }: Pick<Config, 'GOOGLE_URL'>) => ({
  consent: `${other ?? 'https://accounts.google.com'}/o/oauth2/v2/auth`,
  token: `${other ?? 'https://oauth2.googleapis.com'}/token`,
  revoke: `${other ?? 'https://oauth2.googleapis.com'}/revoke`,
  gmail: other ?? 'https://gmail.googleapis.com',
  calendar: other ?? 'https://www.googleapis.com',
});

export type GoogleApiName = 'gmail' | 'calendar';

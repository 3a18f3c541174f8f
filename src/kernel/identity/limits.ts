/** Limits of signing in. */
export const session_idle_days_max = 7;
export const session_absolute_days_max = 30;
export const sign_in_link_minutes = 15;
export const invitation_days = 7;
export const password_reset_minutes = 60;
export const email_confirmation_days = 7;
export const identity_link_minutes = 60;
export const second_factor_minutes = 5;
export const passkey_challenge_minutes = 5;

/**
 * Sign-in attempts within a window: for one account from one IP address, for one account, and from one IP address,
 * which a whole office may share.
 */
export const pair_attempts_max = 10;
export const account_attempts_max = 50;
export const address_attempts_max = 500;
export const attempts_window_seconds = 15 * 60;

/**
 * How many accounts of one e-mail address, in different workspaces, are compared with a password when no workspace is
 * named. The number of comparisons is always the same, so the time does not reveal how many accounts there are; each
 * takes some 30 ms of one processor and 19 MiB.
 */
export const accounts_compared_max = 3;

/** Wrong codes of one person within the same window, so that six digits cannot be guessed. */
export const code_attempts_max = 10;

/** How long a sign-in counts as proof of presence for changing what protects the account. */
export const recent_minutes = 10;

/** Times and numbers of signing in, in one place. */
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
 * Attempts to sign in within a window: of one account from one address, of one account, from one address, behind which a whole office
 * may arrive at nine.
 */
export const pair_attempts_max = 10;
export const account_attempts_max = 50;
export const address_attempts_max = 500;
export const attempts_window_seconds = 15 * 60;

/**
 * Accounts of one address, in different workspaces, whose passwords an attempt is compared with when it names no workspace. Always as many
 * comparisons are made, so the time says nothing of how many there are; each takes some 30 ms of one processor and 19 MiB.
 */
export const accounts_compared_max = 3;

/** Wrong codes of one person within the same window: six digits must not be tried through. */
export const code_attempts_max = 10;

/** How long a sign-in counts as proof of presence for changing what protects the account. */
export const recent_minutes = 10;

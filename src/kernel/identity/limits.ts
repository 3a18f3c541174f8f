/** Times and numbers of signing in, in one place. */
export const session_idle_days_max = 7;
export const session_absolute_days_max = 30;
export const sign_in_link_minutes = 15;
export const invitation_days = 7;
export const password_reset_minutes = 60;
export const second_factor_minutes = 5;
export const passkey_challenge_minutes = 5;

/** Of one account, right or wrong, in a window; then of one address. */
export const account_attempts_max = 10;
export const address_attempts_max = 100;
export const attempts_window_seconds = 15 * 60;

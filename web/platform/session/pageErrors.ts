import { api } from '../query/api.ts';
import { ApiError } from '../query/problem.ts';

/** An error that repeats with every picture of the page is told a few times. */
const reports_max = 10;
let reported = 0;

/**
 * Tells the operators of an error of the page, without what somebody typed: its message, its stack and the path. What
 * the server refused is no error of the page, and what cannot be told is left: the person sees it in any case.
 */
export function reportPageError(error: unknown): void {
  if (!(error instanceof Error) || error instanceof ApiError || error.name === 'AbortError') return;
  if (!navigator.onLine || reported >= reports_max) return;
  reported++;
  const { name, message, stack } = error;
  api
    .post('/page-errors', {
      name: name.slice(0, 100),
      message: message.slice(0, 2_000),
      stack: stack?.slice(0, 8_000) ?? null,
      address: window.location.pathname.slice(0, 500),
    })
    .catch(() => {});
}

/** Errors that nothing handles. */
export function watchPageErrors(): void {
  window.addEventListener('error', ({ error }) => reportPageError(error));
  window.addEventListener('unhandledrejection', ({ reason }) => reportPageError(reason));
}

export type Theme = 'system' | 'light' | 'dark';

export function readTheme(): Theme {
  return (window.localStorage.getItem('holdfast.theme') as Theme | null) ?? 'system';
}

/** `public/theme.js` listens and sets it on the document. */
export function setTheme(theme: Theme): void {
  window.localStorage.setItem('holdfast.theme', theme);
  window.dispatchEvent(new Event('holdfast:theme'));
}

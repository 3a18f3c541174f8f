import { Contrast, type LucideIcon, Monitor, Moon, Sun } from 'lucide-react';
import { t } from '../text/text.ts';

/** What one can choose. High contrast is light or dark as the system is. */
export const themes: { value: Theme; label: string; icon: LucideIcon }[] = [
  { value: 'system', label: t('Match system'), icon: Monitor },
  { value: 'light', label: t('Light'), icon: Sun },
  { value: 'dark', label: t('Dark'), icon: Moon },
  { value: 'contrast', label: t('High contrast'), icon: Contrast },
];

export type Theme = 'system' | 'light' | 'dark' | 'contrast';

export function readTheme(): Theme {
  return (window.localStorage.getItem('holdfast.theme') as Theme | null) ?? 'system';
}

/** `public/theme.js` listens and sets it on the document. */
export function setTheme(theme: Theme): void {
  window.localStorage.setItem('holdfast.theme', theme);
  window.dispatchEvent(new Event('holdfast:theme'));
}

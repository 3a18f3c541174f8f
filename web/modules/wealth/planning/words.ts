import { t } from '../../../text/text.ts';

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

const objectives: Readonly<Record<string, string>> = {
  preservation: t('Preservation'),
  income: t('Income'),
  balanced: t('Balanced'),
  growth: t('Growth'),
  speculation: t('Speculation'),
};
export const objectiveText = (objective: string): string => objectives[objective] ?? objective;
export const objectiveOptions = optionsOf(objectives);

const levels: Readonly<Record<string, string>> = { low: t('Low'), medium: t('Medium'), high: t('High') };
export const levelText = (level: string | null): string => (level === null ? '—' : (levels[level] ?? level));
export const levelOptions = optionsOf(levels);

const experiences: Readonly<Record<string, string>> = {
  none: t('No experience'),
  limited: t('Limited'),
  good: t('Good'),
  extensive: t('Extensive'),
};
export const experienceText = (experience: string | null): string =>
  experience === null ? '—' : (experiences[experience] ?? experience);
export const experienceOptions = optionsOf(experiences);

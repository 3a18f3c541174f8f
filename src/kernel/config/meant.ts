import { distance } from 'fastest-levenshtein';
import { settings } from './settings.ts';

const typing_mistakes_max = 2;
const settingNames = Object.keys(settings);

/** The setting that a name which is none may have been meant to be. */
export function meantBy(name: string): string | null {
  const upper = name.toUpperCase().replaceAll('-', '_');
  if (upper !== name && settingNames.includes(upper)) return upper;
  // Only secrets come from files.
  const [, ofFile] = /^(.*)_FILE$/.exec(name) ?? [];
  if (ofFile && settingNames.includes(ofFile)) return ofFile;
  if (name !== upper) return null;
  const near = settingNames
    .filter((setting) => setting.length >= 8)
    .map((setting) => ({ setting, mistakes: distance(setting, name) }))
    .toSorted((a, b) => a.mistakes - b.mistakes)[0]!;
  return near.mistakes <= typing_mistakes_max ? near.setting : null;
}

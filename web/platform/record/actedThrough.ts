import type { Through } from '../../../src/kernel/audit/contract.ts';
import { t } from '../../text/text.ts';

/** A person, and what they acted through: "Ada through Telephone". */
export function actedThrough(name: string, via: Through | null): string {
  if (!via) return name;
  if (via.type === 'import') return t('{name}, by an import', { name });
  if (via.type === 'automation') return t('{name}, by an automation', { name });
  return via.name ? t('{name} through {through}', { name, through: via.name }) : t('{name} (API key)', { name });
}

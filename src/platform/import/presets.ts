import { repeatable_fields } from './contract.ts';
import type { ColumnMapping } from './mapping.ts';
import { normalise } from './normalise.ts';
import type { Preset, TargetResource } from './target.ts';

export interface FoundPreset extends Preset {
  resource: string;
}

/**
 * Which system wrote a file with these columns, when that can be said; of several that might, the one that knows most
 * of them.
 */
export function presetOf(columns: readonly string[], targets: readonly TargetResource[]): FoundPreset | undefined {
  const names = new Set(columns.map(normalise));
  const known = ({ columns }: Preset) => Object.keys(columns).filter((name) => names.has(normalise(name))).length;
  return targets
    .flatMap(({ resource, presets = [] }) => presets.map((preset) => ({ ...preset, resource })))
    .filter(({ signs }) => signs.every((sign) => names.has(normalise(sign))))
    .sort((a, b) => known(b) - known(a))[0];
}

/** The proposal with what is known of the system's columns instead of what was concluded from their names. */
export function withPreset(
  { product, columns: known }: Preset,
  proposed: readonly ColumnMapping[],
  columns: readonly string[],
): ColumnMapping[] {
  const fields = new Map(Object.entries(known).map(([name, field]) => [normalise(name), field]));
  const taken = new Set<string>();
  const sure = columns.flatMap((column) => {
    const field = fields.get(normalise(column));
    if (!field || (taken.has(field) && !repeatable_fields.has(field))) return [];
    taken.add(field);
    return [{ column, field, confidence: 1, reason: `Named like this in exports from ${product}.` }];
  });
  const kept = proposed.filter(({ column, field }) => !fields.has(normalise(column)) && !taken.has(field));
  return [...sure, ...kept];
}

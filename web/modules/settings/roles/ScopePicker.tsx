import { ChevronDown } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { Menu } from '../../../ui/Menu.tsx';
import { Select } from '../../../ui/Select.tsx';
import { labelOfKind, type Scope, type ScopeKind, scopeText, toggleKind } from './rights.ts';

interface ScopePickerProps {
  label: string;
  scope: Scope;
  /** The kinds of rows that it can be narrowed to. */
  kinds: readonly ScopeKind[];
  /** Whether it can be for all rows. */
  isForAll: boolean;
  disabled: boolean;
  onChange: (scope: Scope) => void;
}

const simple: readonly ScopeKind[] = ['own', 'team'];

/**
 * How far a right reaches. Where there is more than one's own and one's team's, several kinds of rows can be chosen
 * together.
 */
export function ScopePicker({ label, scope, kinds, isForAll, disabled, onChange }: ScopePickerProps) {
  const ends = isForAll ? ['none', 'all'] : ['none'];
  if (kinds.every((kind) => simple.includes(kind)) && !/[+&]/.test(scope)) {
    const [none, ...all] = ends;
    return (
      <Select
        label={label}
        disabled={disabled}
        options={[none!, ...kinds, ...all].map((each) => ({ value: each, label: scopeText(each) }))}
        value={scope}
        onChange={onChange}
      />
    );
  }
  const held = scope.split('+');
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${label}: ${scopeText(scope)}`}
          disabled={disabled}
          className="control flex h-auto min-h-8 items-center justify-between gap-2 py-1 text-start"
        >
          <span className="min-w-0">{scopeText(scope)}</span>
          <ChevronDown size={14} aria-hidden="true" className="shrink-0 text-faint" />
        </button>
      }
      actions={[
        ...ends.map((end) => ({ label: scopeText(end), onSelect: () => onChange(end) })),
        ...kinds.map((kind, index) => ({
          label: labelOfKind(kind),
          checked: held.includes(kind) || (kind === 'own' && held.includes('team')),
          disabled: kind === 'own' && held.includes('team'),
          ...(index === 0 && { group: t('Any of these') }),
          onSelect: () => onChange(toggleKind(scope, kind)),
        })),
      ]}
    />
  );
}

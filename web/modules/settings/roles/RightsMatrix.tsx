import { Fragment } from 'react';
import type { Scope } from '../../../app/session.tsx';
import { inSentence, t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import { actions, type Rights, type RightsAction, resourceGroups, scopeLabels, scopesFor } from './rights.ts';

interface RightsMatrixProps {
  rights: Rights;
  disabled: boolean;
  onChange: (resource: string, action: RightsAction, scope: Scope) => void;
}

const labels: Record<RightsAction, string> = {
  read: t('See'),
  create: t('Create'),
  update: t('Change'),
  delete: t('Delete'),
};

const labelOf = (action: RightsAction, records: string) =>
  t(
    '{action, select, read {See {records}} create {Create {records}} update {Change {records}} other {Delete {records}}}',
    {
      action,
      records,
    },
  );

/** Resource by action, and how far each right reaches. */
export function RightsMatrix({ rights, disabled, onChange }: RightsMatrixProps) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full min-w-160 text-13">
        <thead>
          <tr className="border-b border-line text-start text-12 text-muted">
            <th scope="col" className="sticky start-0 bg-surface px-4 py-2 font-medium">
              {t('Who may')}
            </th>
            {actions.map((action) => (
              <th key={action} scope="col" className="w-32 px-2 py-2 font-medium">
                {labels[action]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {resourceGroups.map((group) => (
            <Fragment key={group.label}>
              <tr className="border-b border-line bg-sunken">
                <th
                  scope="colgroup"
                  colSpan={actions.length + 1}
                  className="px-4 py-1.5 text-start text-12 font-medium text-muted"
                >
                  {group.label}
                </th>
              </tr>
              {group.rows.map(({ resource, label, owned }) => (
                <tr key={resource} className="border-b border-line last:border-0">
                  <th scope="row" className="sticky start-0 bg-surface px-4 py-1.5 text-start font-medium">
                    {label}
                  </th>
                  {actions.map((action) => (
                    <td key={action} className="px-2 py-1">
                      <Select
                        label={labelOf(action, inSentence(label))}
                        disabled={disabled}
                        options={scopesFor(owned).map((scope) => ({ value: scope, label: scopeLabels[scope] }))}
                        value={rights[resource]?.[action] ?? 'none'}
                        onChange={(scope) => onChange(resource, action, scope as Scope)}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

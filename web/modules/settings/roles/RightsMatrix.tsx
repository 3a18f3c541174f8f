import { Fragment } from 'react';
import { inSentence, t } from '../../../text/text.ts';
import {
  type AccountKind,
  actions,
  degrees,
  isForAll,
  isOffered,
  kindsFor,
  type RightOffered,
  type Rights,
  type RightsAction,
  rightGroups,
  type Scope,
} from './rights.ts';
import { ScopePicker } from './ScopePicker.tsx';

interface RightsMatrixProps {
  offered: readonly RightOffered[];
  /** Whom the role is for. */
  kind: AccountKind;
  rights: Rights;
  disabled: boolean;
  onChange: (resource: string, action: RightsAction | (typeof degrees)[number], scope: Scope) => void;
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

const degreeLabels = {
  subject: (records: string) => t('{records}: the subject only', { records }),
  exists: (records: string) => t('{records}: only that they exist', { records }),
};

const rowHead = 'sticky start-0 z-10 bg-surface px-4 py-1.5 text-start';

/** Resource by action, and how far each right reaches. */
export function RightsMatrix({ offered, kind, rights, disabled, onChange }: RightsMatrixProps) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full min-w-160 text-13">
        <thead>
          <tr className="border-b border-line text-start text-12 text-muted">
            <th scope="col" className="sticky start-0 z-10 bg-surface px-4 py-2 text-start font-medium">
              {t('Who may')}
            </th>
            {actions.map((action) => (
              <th key={action} scope="col" className="w-32 px-2 py-2 text-start font-medium">
                {labels[action]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rightGroups(offered, kind).map((group) => (
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
              {group.rows.map((row) => (
                <Fragment key={row.resource}>
                  <tr className="border-b border-line last:border-0">
                    <th scope="row" className={`${rowHead} font-medium`}>
                      {row.label}
                    </th>
                    {actions.map((action) => (
                      <td key={action} className="px-2 py-1">
                        {isOffered(row, action, kind) ? (
                          <ScopePicker
                            label={labelOf(action, inSentence(row.label))}
                            disabled={disabled}
                            kinds={kindsFor(row, kind)}
                            isForAll={isForAll(row, kind)}
                            scope={rights[row.resource]?.[action] ?? 'none'}
                            onChange={(scope) => onChange(row.resource, action, scope)}
                          />
                        ) : (
                          <span className="px-2 text-faint">{t('Members only')}</span>
                        )}
                      </td>
                    ))}
                  </tr>
                  {row.by_degree &&
                    degrees.map((degree) => (
                      <tr key={degree} className="border-b border-line">
                        <th scope="row" className={`${rowHead} ps-8 font-normal text-muted`}>
                          {degreeLabels[degree](row.label)}
                        </th>
                        <td className="px-2 py-1">
                          <ScopePicker
                            label={degreeLabels[degree](row.label)}
                            disabled={disabled}
                            kinds={kindsFor(row, kind)}
                            isForAll={isForAll(row, kind)}
                            scope={rights[row.resource]?.[degree] ?? 'none'}
                            onChange={(scope) => onChange(row.resource, degree, scope)}
                          />
                        </td>
                        <td colSpan={actions.length - 1} />
                      </tr>
                    ))}
                </Fragment>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { Link } from '@tanstack/react-router';
import { useMay } from '../app/session.tsx';
import { t } from '../text/text.ts';
import { Button, buttonClass } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import type { RecordDefinition } from './definition.ts';

interface NothingProps {
  definition: RecordDefinition;
  filtered: boolean;
  /** The name of the view when it leaves some out. */
  view: string | undefined;
  onClear: () => void;
  onCreate: () => void;
}

/** Why a list is empty, and the way out. */
export function ListNothing({ definition, filtered, view, onClear, onCreate }: NothingProps) {
  const { icon: Icon, resource } = definition;
  const may = useMay();
  if (filtered) {
    return (
      <EmptyState
        icon={<Icon size={18} />}
        title={t('{noun, select, contact {No contacts match} company {No companies match} other {No deals match}}', {
          noun: resource,
        })}
        action={
          <Button onClick={onClear}>
            {t('{noun, select, contact {Show all contacts} company {Show all companies} other {Show all deals}}', {
              noun: resource,
            })}
          </Button>
        }
      >
        {t('None fits the filter as it is.')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Icon size={18} />}
      title={
        view
          ? t(
              '{noun, select, contact {No contacts under “{view}”} company {No companies under “{view}”} other {No deals under “{view}”}}',
              { noun: resource, view },
            )
          : t('{noun, select, contact {No contacts yet} company {No companies yet} other {No deals yet}}', {
              noun: resource,
            })
      }
      action={
        <>
          {may(resource, 'create') && (
            <Button emphasis="primary" onClick={onCreate}>
              {t('{noun, select, contact {New contact} company {New company} other {New deal}}', { noun: resource })}
            </Button>
          )}
          {view && (
            <Button onClick={onClear}>
              {t('{noun, select, contact {Show all contacts} company {Show all companies} other {Show all deals}}', {
                noun: resource,
              })}
            </Button>
          )}
          {!view && may('import', 'create') && (
            <Link to="/imports/new" className={buttonClass('secondary')}>
              {t('Import a file')}
            </Link>
          )}
        </>
      }
    >
      {definition.emptyText}
    </EmptyState>
  );
}

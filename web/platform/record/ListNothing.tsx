import { Link } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import { wordsOf } from './recordTypes.ts';

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
  const words = wordsOf(resource);
  const may = useMay();
  if (filtered) {
    return (
      <EmptyState
        icon={<Icon size={18} />}
        title={t('No {types} match', { types: words.types })}
        action={<Button onClick={onClear}>{t('Show all {types}', { types: words.types })}</Button>}
      >
        {t('Nothing matches this filter.')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Icon size={18} />}
      title={
        view
          ? t('No {types} under “{view}”', { types: words.types, view })
          : t('No {types} yet', { types: words.types })
      }
      action={
        <>
          {may(resource, 'create') && (
            <Button emphasis="primary" onClick={onCreate}>
              {definition.newLabel}
            </Button>
          )}
          {view && <Button onClick={onClear}>{t('Show all {types}', { types: words.types })}</Button>}
          {!view && may('import', 'create') && (
            <Link to={definition.importPath} className={buttonClass('secondary')}>
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

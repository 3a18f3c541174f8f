import { useMutation, useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useId } from 'react';
import {
  type ChartForm,
  chartsOf,
  type Grouping,
  groupings,
  groupingsOf,
  periodUnits,
  type Range,
  ranges,
  type TileFigure,
  tile_height_max,
  tile_width_max,
  tileFigures,
} from '../../../../src/modules/sales/figures/contract.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { pathOf, type Resource } from '../../../platform/query/resources.ts';
import { FieldInput } from '../../../platform/record/FieldInput.tsx';
import type { FieldDef, Named } from '../../../platform/record/field.ts';
import { useAddedFields } from '../../../platform/record/useFields.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SidePanel } from '../../../ui/SidePanel.tsx';
import type { Subject } from './dashboard.ts';
import { rangeLabels } from './dashboardSearch.ts';
import type { TileForm } from './tiles.ts';
import { chartLabels, figureLabels, groupingLabels, isNow, periodLabels, titleOf } from './words.ts';

interface TilePanelProps {
  tile: TileForm;
  isNew: boolean;
  onChange: (tile: TileForm) => void;
  onSave: () => Promise<void>;
  onClose: () => void;
}

const options = <Value extends string>(values: readonly Value[], labels: Record<Value, string>) =>
  values.map((value) => ({ value, label: labels[value] }));
const sizes = (most: number) =>
  Array.from({ length: most }, (_, index) => ({ value: String(index + 1), label: formatNumber(index + 1) }));

/** What a tile shows, with the tile itself changing meanwhile. */
export function TilePanel({ tile, isNew, onChange, onSave, onClose }: TilePanelProps) {
  const form = useId();
  const save = useMutation({ mutationFn: onSave });
  useFocusInside(form);
  const choices = useAddedFields('deal').filter(({ kind }) => kind === 'select');
  const set = (change: Partial<TileForm>) => onChange(fitting({ ...tile, ...change }, choices));
  const setFilter = (key: keyof Subject, value: string | undefined) => {
    const { [key]: _, ...rest } = tile.filter;
    set({ filter: value ? { ...rest, [key]: value } : rest });
  };
  const select = (key: keyof TileForm & string, label: string, choices: { value: string; label: string }[]) => (
    <Field name={key} label={label}>
      <FieldInput
        field={{ key, label, kind: 'select', required: true, options: choices }}
        value={String(tile[key])}
        onChange={(value) => set({ [key]: key === 'width' || key === 'height' ? Number(value) : value })}
        labelled
      />
    </Field>
  );
  const reference = (key: keyof Subject, label: string, of: Resource) => (
    <ReferenceField name={key} label={label} of={of} id={tile.filter[key]} onChange={(id) => setFilter(key, id)} />
  );
  const shownGroupings = groupings.filter(
    (grouping) =>
      groupingsOf[tile.figure].includes(grouping) &&
      (grouping !== 'custom' || choices.length > 0 || tile.grouping === 'custom'),
  );
  const fields = customFields(choices, tile.custom_key);
  const people = tile.figure === 'contacts' || tile.figure === 'companies';
  return (
    <SidePanel label={isNew ? t('New tile') : t('Edit tile')} onClose={onClose}>
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="min-w-0 flex-1 truncate text-14">{isNew ? t('New tile') : t('Edit tile')}</h2>
        <IconButton label={t('Close')} keys="esc" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <FormShell
        id={form}
        error={save.error}
        fields={['title', 'figure', 'grouping', 'custom_key', 'chart', 'range', 'period', 'width', 'height']}
        onSubmit={() => save.mutate()}
        className="grid min-h-0 flex-1 auto-rows-min grid-cols-2 gap-4 overflow-y-auto p-4 *:col-span-2"
      >
        {select('figure', t('Figure'), options<TileFigure>(tileFigures, figureLabels))}
        {select('grouping', t('By'), options<Grouping>(shownGroupings, groupingLabels))}
        {tile.grouping === 'custom' && select('custom_key', t('Custom field'), fields)}
        {select('chart', t('Shown as'), options<ChartForm>(chartsOf[tile.grouping], chartLabels))}
        {!isNow(tile.figure) && select('range', t('Time range'), options<Range>(ranges, rangeLabels))}
        {tile.grouping === 'period' && select('period', t('Each'), options(periodUnits, periodLabels))}
        <Field
          name="title"
          label={t('Title')}
          help={t('Default: {title}', {
            title: titleOf({ ...tile, title: null }, fields.find(({ value }) => value === tile.custom_key)?.label),
          })}
        >
          <FieldInput
            field={{ key: 'title', label: t('Title'), kind: 'text' }}
            value={tile.title ?? ''}
            onChange={(value) => set({ title: (value as string) || null })}
            labelled
          />
        </Field>
        <div className="contents *:col-span-1!">
          {select('width', t('Width'), sizes(tile_width_max))}
          {select('height', t('Height'), sizes(tile_height_max))}
        </div>
        <h3 className="border-t border-line pt-4 text-13">{t('Filters')}</h3>
        {reference('owner_id', t('Owner'), 'user')}
        {reference('team_id', t('Team'), 'team')}
        {!people && reference('pipeline_id', t('Pipeline'), 'pipeline')}
        {!people && reference('product_id', t('Product'), 'product')}
        {!people && (
          <Field name="region" label={t('Region')} help={t('As set on the company')}>
            <FieldInput
              field={{ key: 'region', label: t('Region'), kind: 'text' }}
              value={tile.filter.region ?? ''}
              onChange={(value) => setFilter('region', value as string)}
              labelled
            />
          </Field>
        )}
      </FormShell>
      <footer className="flex shrink-0 justify-end gap-2 border-t border-line px-4 py-3">
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
          {isNew ? t('Add tile') : t('Save')}
        </Button>
      </footer>
    </SidePanel>
  );
}

/** The first field has the focus, as in a dialog, and what opened the panel has it again afterwards. */
function useFocusInside(form: string): void {
  useEffect(() => {
    let before: Element | null = null;
    // The menu that opens it gives the focus back first.
    const frame = requestAnimationFrame(() => {
      before = document.activeElement;
      document.getElementById(form)?.querySelector<HTMLElement>('[role="combobox"]')?.focus();
    });
    return () => {
      cancelAnimationFrame(frame);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [form]);
}

interface ReferenceFieldProps {
  name: string;
  label: string;
  of: Resource;
  id: string | undefined;
  onChange: (id: string | undefined) => void;
}

/** The tile knows the id alone; the name is read. */
function ReferenceField({ name, label, of, id, onChange }: ReferenceFieldProps) {
  const { data } = useQuery({
    enabled: id !== undefined,
    queryKey: [of, 'one', id],
    queryFn: ({ signal }) => api.get<Named>(`${pathOf(of)}/${id}`, {}, signal),
  });
  return (
    <Field name={name} label={label}>
      <FieldInput
        field={{ key: name, label, kind: 'reference', of }}
        value={id ? { id, name: data?.name ?? '…' } : null}
        onChange={(value) => onChange((value as Named | null)?.id)}
        labelled
      />
    </Field>
  );
}

/** With a figure that cannot be grouped or drawn so any more, the first way in which it can. */
function fitting(tile: TileForm, fields: readonly FieldDef[]): TileForm {
  const grouping = groupingsOf[tile.figure].includes(tile.grouping) ? tile.grouping : groupingsOf[tile.figure][0]!;
  const chart = chartsOf[grouping].includes(tile.chart) ? tile.chart : chartsOf[grouping][0]!;
  const custom_key = grouping === 'custom' ? (tile.custom_key ?? keyOf(fields[0])) : null;
  return { ...tile, grouping, custom_key, chart };
}

const keyOf = (field: FieldDef | undefined): string | null => field?.key.replace(/^custom\./, '') ?? null;

/** The custom fields to choose from; with the present one, should it be gone. */
function customFields(fields: readonly FieldDef[], key: string | null): { value: string; label: string }[] {
  const found = fields.map((field) => ({ value: keyOf(field)!, label: field.label }));
  return key === null || found.some(({ value }) => value === key)
    ? found
    : [{ value: key, label: t('Unknown field') }, ...found];
}

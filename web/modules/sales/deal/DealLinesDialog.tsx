import { useMutation } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { changing } from '../../../app/api.ts';
import { FormShell } from '../../../app/FormShell.tsx';
import { offerUndo } from '../../../app/undo.ts';
import { useLookup } from '../../../record/lookup.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { type Choice, Combobox } from '../../../ui/Combobox.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Input } from '../../../ui/Input.tsx';
import type { Deal } from './deal.ts';
import { settle } from './dealActions.ts';

interface Line {
  /** Of this dialog only: lines have no identity until they are saved. */
  key: string;
  product: Choice | null;
  quantity: string;
  /** Empty: the product's own. */
  unit_price: string;
  discount_percent: string;
}

const emptyLine = (): Line => ({
  key: crypto.randomUUID(),
  product: null,
  quantity: '1',
  unit_price: '',
  discount_percent: '0',
});

interface DealLinesDialogProps {
  deal: Deal;
  /** Why it asks, when the deal is on its way to a stage. */
  asked?: string;
  /** Decides what comes next; without it the dialog closes. */
  onSaved?: (deal: Deal) => Promise<void>;
  onClose: () => void;
}

/** All lines at once; the amount of the deal becomes their sum. */
export function DealLinesDialog({ deal, asked, onSaved, onClose }: DealLinesDialogProps) {
  const form = useId();
  const version = useRef(deal.version);
  const [lines, setLines] = useState<Line[]>(() =>
    deal.lines.length > 0 ? deal.lines.map((line) => ({ ...line, key: line.id })) : [emptyLine()],
  );
  const set = (key: string, change: Partial<Line>) =>
    setLines((kept) => kept.map((line) => (line.key === key ? { ...line, ...change } : line)));
  const save = useMutation({
    mutationFn: async () => {
      const body = { lines: lines.filter(({ product }) => product).map(toWire) };
      const { data, change } = await changing.put<Deal>(`/deals/${deal.id}/lines`, body, version.current);
      version.current = data.version;
      settle(data);
      offerUndo(t('Products saved'), change);
      await onSaved?.(data);
    },
    onSuccess: () => !onSaved && onClose(),
  });
  const names = lines.flatMap((_, index) =>
    ['product_id', 'quantity', 'unit_price', 'discount_percent'].map((field) => `lines.${index}.${field}`),
  );

  return (
    <Dialog
      open
      size="large"
      title={asked ?? t('Products')}
      description={t('The amount of the deal becomes the sum of its products, in {currency}.', {
        currency: deal.currency,
      })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button
            type="submit"
            form={form}
            emphasis="primary"
            busy={save.isPending}
            disabled={asked !== undefined && lines.every(({ product }) => !product)}
          >
            {asked ? t('Save and move') : t('Save products')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={names}
        onSubmit={() => save.mutate()}
        className="flex flex-col gap-3 pt-1"
      >
        {lines.map((line, index) => (
          <div
            key={line.key}
            className="grid grid-cols-[repeat(6,1fr)_2rem] items-start gap-2 sm:grid-cols-[1fr_5rem_8rem_6rem_2rem]"
          >
            <Field name={`lines.${index}.product_id`} label={t('Product')} className="col-span-7 sm:col-span-1">
              <ProductInput value={line.product} onChange={(product) => set(line.key, { product })} />
            </Field>
            <Field name={`lines.${index}.quantity`} label={t('Quantity')} className="col-span-2 sm:col-span-1">
              <Input
                inputMode="decimal"
                value={line.quantity}
                onValueChange={(quantity) => set(line.key, { quantity })}
              />
            </Field>
            <Field name={`lines.${index}.unit_price`} label={t('Unit price')} className="col-span-2 sm:col-span-1">
              <Input
                inputMode="decimal"
                placeholder={t('List price')}
                value={line.unit_price}
                onValueChange={(unit_price) => set(line.key, { unit_price })}
              />
            </Field>
            <Field
              name={`lines.${index}.discount_percent`}
              label={t('Discount %')}
              className="col-span-2 sm:col-span-1"
            >
              <Input
                inputMode="decimal"
                value={line.discount_percent}
                onValueChange={(discount_percent) => set(line.key, { discount_percent })}
              />
            </Field>
            <IconButton
              label={t('Remove the line')}
              className="mt-6"
              onClick={() => setLines((kept) => kept.filter(({ key }) => key !== line.key))}
            >
              <Trash2 size={14} />
            </IconButton>
          </div>
        ))}
        <div>
          <Button
            size="small"
            emphasis="quiet"
            icon={<Plus size={14} />}
            onClick={() => setLines((kept) => [...kept, emptyLine()])}
          >
            {t('Add a line')}
          </Button>
        </div>
      </FormShell>
    </Dialog>
  );
}

function ProductInput({ value, onChange }: { value: Choice | null; onChange: (product: Choice | null) => void }) {
  const { choices, loading, setQuery } = useLookup('product');
  return (
    <Combobox
      value={value}
      onChange={onChange}
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      placeholder={t('Search products')}
    />
  );
}

function toWire({ product, quantity, unit_price, discount_percent }: Line) {
  return {
    product_id: product?.id,
    quantity: quantity.trim() || '1',
    discount_percent: discount_percent.trim() || '0',
    ...(unit_price.trim() !== '' && { unit_price: unit_price.trim() }),
  };
}

import { Plus, Trash2 } from 'lucide-react';
import { useLookup } from '../../../platform/record/lookup.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { type Choice, Combobox } from '../../../ui/Combobox.tsx';
import { Field } from '../../../ui/Field.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { NumberInput } from '../../../ui/NumberInput.tsx';
import { emptyLine, type Line, withProduct } from './lines.ts';

interface LinesEditorProps {
  lines: readonly Line[];
  onChange: (lines: Line[]) => void;
  /** At least one product is asked for, under this name: its first line says so. */
  asked?: string;
}

/** The products of a deal, one a line; without a heading of its own. */
export function LinesEditor({ lines, onChange, asked }: LinesEditorProps) {
  const set = (key: string, change: Partial<Line>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...change } : line)));
  return (
    <>
      {lines.map((line, index) => (
        <div
          key={line.key}
          className="grid grid-cols-[repeat(7,1fr)_2rem] items-start gap-2 sm:grid-cols-[1fr_5rem_8rem_6rem_2rem]"
        >
          <Field
            name={(index === 0 && asked) || `lines.${index}.product_id`}
            label={t('Product')}
            required={index === 0 && asked !== undefined}
            className="col-span-8 sm:col-span-1"
          >
            <ProductInput value={line.product} onChange={(product) => set(line.key, withProduct(line, product))} />
          </Field>
          <Field name={`lines.${index}.quantity`} label={t('Quantity')} className="col-span-2 sm:col-span-1">
            <NumberInput value={line.quantity} onValueChange={(quantity) => set(line.key, { quantity })} />
          </Field>
          <Field name={`lines.${index}.unit_price`} label={t('Unit price')} className="col-span-3 sm:col-span-1">
            <NumberInput
              kind="money"
              placeholder={t('List price')}
              value={line.unit_price}
              onValueChange={(unit_price) => set(line.key, { unit_price })}
            />
          </Field>
          <Field name={`lines.${index}.discount_percent`} label={t('Discount %')} className="col-span-2 sm:col-span-1">
            <NumberInput
              value={line.discount_percent}
              onValueChange={(discount_percent) => set(line.key, { discount_percent })}
            />
          </Field>
          <IconButton
            label={t('Remove the line')}
            className="mt-6"
            onClick={() => onChange(lines.filter(({ key }) => key !== line.key))}
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
          onClick={() => onChange([...lines, emptyLine()])}
        >
          {t('Add a line')}
        </Button>
      </div>
    </>
  );
}

/** A line keeps a product that is offered no more. */
const offered = { field: 'active', op: 'eq', value: true };

function ProductInput({ value, onChange }: { value: Choice | null; onChange: (product: Choice | null) => void }) {
  const { choices, loading, setQuery } = useLookup('product', offered);
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

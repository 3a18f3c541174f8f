import type { RecordDefinition } from './definition.ts';
import { Fact } from './Fact.tsx';
import { FieldValue } from './FieldValue.tsx';
import type { AnyRecord } from './field.ts';

/** The fields that matter most, beside the name. */
export function FieldFacts({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  return definition.facts.map((key) => {
    const field = definition.fields.find((each) => each.key === key)!;
    return (
      <Fact key={key} label={field.label}>
        <FieldValue field={field} record={record} />
      </Fact>
    );
  });
}

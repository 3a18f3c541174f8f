import { Field } from '../../ui/Field.tsx';
import { FieldInput, type FieldInputProps } from './FieldInput.tsx';
import { hasSeveralControls } from './field.ts';

interface FormFieldProps extends Omit<FieldInputProps, 'labelled'> {
  className?: string | undefined;
}

/** A record's field in a form: label, control, help, and the error that names it. */
export function FormField({ className, ...input }: FormFieldProps) {
  const { key, label, help, required } = input.field;
  return (
    <Field
      name={key}
      label={label}
      help={help}
      required={required}
      several={hasSeveralControls(input.field)}
      className={className}
    >
      <FieldInput {...input} labelled />
    </Field>
  );
}

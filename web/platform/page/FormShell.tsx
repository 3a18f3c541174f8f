import { Form } from '@base-ui/react/form';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { Banner } from '../../ui/Banner.tsx';
import { ApiError, errorsByField, messageInForm, nameOfField } from '../query/problem.ts';
import { OfflineNote } from './OfflineNote.tsx';

interface FormShellProps {
  id?: string;
  error: unknown;
  /** Names that have a field; other errors stand above the form. */
  fields: readonly string[];
  onSubmit: () => void;
  /** Without a network, what it saves waits and is sent later. */
  waits?: boolean;
  className?: string;
  children: ReactNode;
}

/** Shows what the server refused at the field it names and puts the focus into the first of them. */
export function FormShell({ id, error, fields, onSubmit, waits = false, className, children }: FormShellProps) {
  // The same object for the same answer: the form drops an error of it as soon as its field is changed.
  const shown = useRef(fields);
  shown.current = fields;
  const errors = useMemo(() => errorsByField(error, shown.current), [error]);
  const unplaced = Object.entries(errors).filter(([field]) => !fields.includes(field));
  const placed = Object.keys(errors).length > unplaced.length;
  const isAbove = error !== null && error !== undefined && !placed;
  const banner = useRef<HTMLDivElement>(null);
  // In a long form, whoever pressed the button below it would not see that anything happened.
  useEffect(() => {
    if (error && isAbove) banner.current?.scrollIntoView({ block: 'nearest' });
  }, [error, isAbove]);
  // Its message is the list of its fields already.
  const listed = error instanceof ApiError && error.code === 'validation_failed' ? [] : unplaced;
  return (
    <Form
      id={id}
      errors={errors}
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {!waits && <OfflineNote className="col-span-full" />}
      {isAbove && (
        <div ref={banner} className="col-span-full">
          <Banner meaning="bad">
            {messageInForm(error)}
            {listed.map(([field, message]) => (
              <span key={field} className="block">
                {nameOfField(field)}: {message}
              </span>
            ))}
          </Banner>
        </div>
      )}
      {children}
    </Form>
  );
}

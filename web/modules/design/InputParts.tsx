import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Checkbox } from '../../ui/Checkbox.tsx';
import { type Choice, Combobox } from '../../ui/Combobox.tsx';
import { Field } from '../../ui/Field.tsx';
import { FileDrop } from '../../ui/FileDrop.tsx';
import { Input } from '../../ui/Input.tsx';
import { NumberInput } from '../../ui/NumberInput.tsx';
import { isUnread, type TypedNumber } from '../../ui/number.ts';
import { PasswordInput } from '../../ui/PasswordInput.tsx';
import { SearchInput } from '../../ui/SearchInput.tsx';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { Textarea } from '../../ui/Textarea.tsx';
import { Part, PartGroup, State } from './Part.tsx';
import { choices, long_name, options, rtl_name } from './samples.ts';

export function InputParts() {
  return (
    <PartGroup title={t('Inputs')}>
      <Part name="Field">
        <State label={t('With help')}>
          <Field name="with-help" label={t('E-mail')} help={t('Where the invitation goes')} required>
            <Input type="email" />
          </Field>
        </State>
        <State label={t('With an error')}>
          <Form errors={{ wrong: t('Write an address such as name@example.com') }}>
            <Field name="wrong" label={t('E-mail')}>
              <Input defaultValue="name at example" />
            </Field>
          </Form>
        </State>
      </Part>
      <Part name="Input">
        <State label={t('Empty')}>
          <Input aria-label={t('Empty')} placeholder={t('Search')} />
        </State>
        <State label={t('Long text')}>
          <Input aria-label={t('Long text')} defaultValue={long_name} />
        </State>
        <State label={t('Right to left')}>
          <Input aria-label={t('Right to left')} dir="auto" defaultValue={rtl_name} />
        </State>
        <State label={t('Disabled')}>
          <Input aria-label={t('Disabled')} disabled defaultValue="name@example.com" />
        </State>
      </Part>
      <Password />
      <Part name="SearchInput">
        <State label={t('Empty')}>
          <SearchInput aria-label={t('Search')} placeholder={t('Search')} />
        </State>
      </Part>
      <Numbers />
      <Part name="Textarea">
        <State label={t('Empty')}>
          <Textarea aria-label={t('Empty')} rows={2} />
        </State>
        <State label={t('Long text')}>
          <Textarea aria-label={t('Long text')} rows={2} defaultValue={`${long_name}\n${rtl_name}`} />
        </State>
        <State label={t('Disabled')}>
          <Textarea aria-label={t('Disabled')} rows={2} disabled defaultValue={rtl_name} />
        </State>
      </Part>
      <Selects />
      <Comboboxes />
      <Part name="FileDrop">
        <State label={t('Default')}>
          <FileDrop onFiles={() => {}} />
        </State>
        <State label={t('With help')}>
          <FileDrop onFiles={() => {}} hint={t('CSV in any encoding, XLSX sheet by sheet, or contacts as vCard')} />
        </State>
        <State label={t('Disabled')}>
          <FileDrop onFiles={() => {}} disabled />
        </State>
      </Part>
      <Toggles />
    </PartGroup>
  );
}

function Numbers() {
  const [value, setValue] = useState<TypedNumber>('1234.50');
  return (
    <Part name="NumberInput">
      <State label={t('As its reader types it')}>
        <NumberInput aria-label={t('Number')} value={value} onValueChange={setValue} />
        {isUnread(value) && <p className="mt-1 text-12 text-bad-ink">{value.reason}</p>}
      </State>
      <State label={t('Disabled')}>
        <NumberInput aria-label={t('Disabled')} value="1234.50" onValueChange={setValue} disabled />
      </State>
    </Part>
  );
}

function Selects() {
  const [value, setValue] = useState<string | null>(null);
  return (
    <Part name="Select">
      <State label={t('Nothing chosen')}>
        <Select label={t('Nothing chosen')} options={options} value={value} onChange={setValue} />
      </State>
      <State label={t('Long text')}>
        <Select label={t('Long text')} options={options} value="long" onChange={setValue} />
      </State>
      <State label={t('Disabled')}>
        <Select label={t('Disabled')} options={options} value="low" onChange={setValue} disabled />
      </State>
    </Part>
  );
}

function Comboboxes() {
  const [value, setValue] = useState<Choice | null>(null);
  const [query, setQuery] = useState('');
  const found = choices.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
  return (
    <Part name="Combobox">
      <State label={t('Nothing chosen')}>
        <Combobox label={t('Company')} value={value} onChange={setValue} choices={found} onQuery={setQuery} />
      </State>
      <State label={t('Long text')}>
        <Combobox
          label={t('Long text')}
          value={choices[2] as Choice}
          onChange={setValue}
          choices={choices}
          onQuery={setQuery}
        />
      </State>
      <State label={t('Loading')}>
        <Combobox label={t('Loading')} value={null} onChange={setValue} choices={[]} onQuery={setQuery} loading />
      </State>
      <State label={t('Disabled')}>
        <Combobox
          label={t('Disabled')}
          value={choices[0] as Choice}
          onChange={setValue}
          choices={choices}
          onQuery={setQuery}
          disabled
        />
      </State>
    </Part>
  );
}

function Toggles() {
  const [on, setOn] = useState(true);
  return (
    <>
      <Part name="Checkbox">
        <State label={t('On, off, some, disabled')}>
          <span className="flex gap-4">
            <Checkbox label={t('On')} checked={on} onChange={setOn} />
            <Checkbox label={t('Off')} checked={!on} onChange={(off) => setOn(!off)} />
            <Checkbox label={t('Some')} checked={false} indeterminate onChange={setOn} />
            <Checkbox label={t('Disabled')} checked disabled onChange={setOn} />
          </span>
        </State>
      </Part>
      <Part name="Switch">
        <State label={t('On, off, disabled')}>
          <span className="flex gap-4">
            <Switch label={t('On')} checked={on} onChange={setOn} />
            <Switch label={t('Off')} checked={!on} onChange={(off) => setOn(!off)} />
            <Switch label={t('Disabled')} checked={false} disabled onChange={setOn} />
          </span>
        </State>
      </Part>
    </>
  );
}

function Password() {
  const [value, setValue] = useState('correct horse');
  return (
    <Part name="PasswordInput">
      <State label={t('Default')}>
        <Field name="password" label={t('Password')}>
          <PasswordInput value={value} onChange={setValue} autoComplete="new-password" />
        </Field>
      </State>
    </Part>
  );
}

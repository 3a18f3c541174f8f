import { RecordLinks } from '../../../platform/record/RecordLinks.tsx';
import { translateServerText } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import type { MissingValue } from './templates.ts';

/** The variables that have no value, and where each is filled in. No mail is sent with one. */
export function MissingValues({ missing }: { missing: readonly MissingValue[] }) {
  if (missing.length === 0) return null;
  return (
    <Banner meaning="attention">
      <ul className="flex flex-col gap-1">
        {missing.map(({ variable, message, record }) => (
          <li key={variable} className="wrap-anywhere">
            <code className="text-12">{`{{${variable}}}`}</code> {translateServerText(message)}{' '}
            {record && <RecordLinks records={[record]} />}
          </li>
        ))}
      </ul>
    </Banner>
  );
}

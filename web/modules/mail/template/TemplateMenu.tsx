import { FileText } from 'lucide-react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Menu } from '../../../ui/Menu.tsx';
import { fillIn, type Preview, type PreviewOf, useTemplates } from './templates.ts';

interface TemplateMenuProps {
  /** Whom the mail is to, and what it answers. */
  about: () => Omit<PreviewOf, 'subject' | 'body'>;
  onInsert: (filled: Preview) => void;
}

/** Puts a template into a mail, with the values of the person to whom it goes. */
export function TemplateMenu({ about, onInsert }: TemplateMenuProps) {
  const { data: templates = [] } = useTemplates();
  const insert = async (subject: string, body: string) => onInsert(await fillIn({ subject, body, ...about() }));
  return (
    <Menu
      trigger={
        <Button emphasis="quiet" size="small" icon={<FileText size={14} />}>
          {t('Insert template')}
        </Button>
      }
      actions={[
        ...templates.map(({ name, subject, body }) => ({
          label: name,
          onSelect: () => void attempt(() => insert(subject ?? '', body ?? '')),
        })),
        {
          label: templates.length > 0 ? t('Edit templates…') : t('Make the first template…'),
          group: true as const,
          // In a window of its own: what is being written here stays.
          onSelect: () => void window.open('/settings/mail-templates', '_blank', 'noopener'),
        },
      ]}
    />
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { T } from '../../text/T.tsx';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { formatList } from '../../ui/format.ts';
import { MailFiles } from './MailFiles.tsx';
import { MailHtml } from './MailHtml.tsx';
import { contentQuery, type Message, type MessageContent } from './mail.ts';
import { splitQuote } from './quote.ts';

interface MessageCardProps {
  message: Message;
  isOpen: boolean;
  onToggle: () => void;
}

/** One message of a conversation: who wrote to whom, and, when it is open, what. */
export function MessageCard({ message, isOpen, onToggle }: MessageCardProps) {
  const from = message.from_name || message.from_address || t('Somebody');
  return (
    <section aria-label={t('Mail of {from}', { from })} className="rounded-lg border border-line">
      <button
        type="button"
        aria-expanded={isOpen}
        className="flex w-full items-center gap-3 rounded-lg px-4 py-2.5 text-start hover:bg-hover"
        onClick={onToggle}
      >
        <Avatar name={from} size="medium" />
        <span className="min-w-0 flex-1">
          <bdi className="block truncate text-13 font-medium">{from}</bdi>
          <span className="block truncate text-12 text-muted">
            {isOpen ? <Recipients of={message.to_text} /> : <bdi>{message.snippet}</bdi>}
          </span>
        </span>
        <DateText value={message.occurred_at} className="shrink-0 text-12 text-muted" />
      </button>
      {isOpen && <Content message={message} />}
    </section>
  );
}

const Recipients = ({ of: names }: { of: string | null }) =>
  names ? <T text="to <to></to>" values={{ to: () => <bdi>{names}</bdi> }} /> : t('No recipients');

function Content({ message }: { message: Message }) {
  const content = useQuery(contentQuery(message.id));
  return (
    <div className="flex flex-col gap-3 px-4 pb-4">
      <Loaded query={content} failed={t('The mail could not be read')}>
        {(read) => (
          <>
            <Head content={read} />
            {read.html ? <MailHtml content={read} /> : <PlainText text={read.text} />}
            <MailFiles content={read} />
          </>
        )}
      </Loaded>
    </div>
  );
}

/** The words of a mail; what it repeats of earlier ones is one click away. */
function PlainText({ text }: { text: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const { said, quoted } = splitQuote(text);
  if (text === '') return <p className="text-14 text-muted">{t('It says nothing.')}</p>;
  return (
    <div dir="auto" className="text-14 whitespace-pre-wrap wrap-anywhere">
      {said}
      {quoted !== '' && (
        <>
          {said !== '' && '\n\n'}
          <Button size="small" aria-expanded={isWhole} className="block" onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? t('Hide quoted text') : t('Show quoted text')}
          </Button>
          {isWhole && <div className="mt-3 border-s-2 border-line ps-3 text-muted">{quoted}</div>}
        </>
      )}
    </div>
  );
}

function Head({ content: { participants, authentication } }: { content: MessageContent }) {
  const of = (kind: MessageContent['participants'][number]['kind']) =>
    formatList(
      participants
        .filter((one) => one.kind === kind)
        .map(({ name, address: at }) => (name && at ? `${name} <${at}>` : name || at)),
    );
  const rows = [
    [t('To'), of('to')],
    [t('Cc'), of('cc')],
    [t('Bcc'), of('bcc')],
  ].filter(([, people]) => people !== '');
  return (
    <>
      {authentication === 'failed' && (
        <Banner meaning="attention">
          {t('It may not be from whom it says: the check of the sender (SPF, DKIM or DMARC) failed.')}
        </Banner>
      )}
      <details className="text-12 text-muted">
        <summary className="cursor-pointer rounded-sm py-1 wrap-anywhere">{of('from')}</summary>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 text-ink">
          {rows.map(([label, people]) => (
            <div key={label} className="contents">
              <dt className="text-muted">{label}</dt>
              <dd className="min-w-0 wrap-anywhere">
                <bdi>{people}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

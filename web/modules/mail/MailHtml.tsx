import { useState } from 'react';
import { address } from '../../platform/query/api.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import type { MessageContent } from './mail.ts';

const height_px_min = 60;
/** A mail that is higher scrolls in its frame. */
const height_px_max = 20_000;
const border_px = 2;

/**
 * The HTML of a mail in a frame of its own: cleaned, with a policy under which nothing in it runs, and with pictures
 * from elsewhere only when its reader asks for them. The frame has the origin of the page so that it can be measured;
 * scripts it may not have.
 */
export function MailHtml({ content: { id, html } }: { content: MessageContent }) {
  const [pictures, setPictures] = useState(false);
  const [height, setHeight] = useState(height_px_min);
  const hasPictures = html?.includes(' data-src="') ?? false;
  return (
    <div className="flex flex-col gap-2">
      {hasPictures && !pictures && (
        <Banner
          meaning="info"
          action={
            <Button size="small" onClick={() => setPictures(true)}>
              {t('Show pictures')}
            </Button>
          }
        >
          {t('Pictures from elsewhere are not fetched: the sender would see that you read this.')}
        </Banner>
      )}
      <iframe
        key={String(pictures)}
        title={t('What the mail says')}
        src={address(`/messages/${id}/html`, { pictures })}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        height={height}
        onLoad={({ currentTarget }) => {
          const body = currentTarget.contentDocument?.body;
          // Pictures arrive later than the words between them, and a narrower page makes it longer.
          if (body) new ResizeObserver(() => setHeight(heightOf(body))).observe(body);
        }}
        className="block w-full rounded-md border border-line bg-surface"
      />
    </div>
  );
}

const heightOf = ({ scrollHeight }: HTMLElement): number =>
  Math.min(height_px_max, Math.max(height_px_min, scrollHeight + border_px));

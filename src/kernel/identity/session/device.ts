import Bowser from 'bowser';

const deviceTypes = ['desktop', 'mobile', 'tablet'] as const;

export interface Device {
  browser: string | null;
  os: string | null;
  device_type: (typeof deviceTypes)[number] | 'other';
}

/** The parts of a user agent by which people recognise a browser. */
export function describeDevice(userAgent: string | null): Device {
  if (!userAgent) return { browser: null, os: null, device_type: 'other' };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const major = browser.version?.split('.')[0];
  return {
    browser: browser.name ? [browser.name, major].filter(Boolean).join(' ') : null,
    os: os.name || null,
    device_type: deviceTypes.find((type) => type === platform.type) ?? 'other',
  };
}

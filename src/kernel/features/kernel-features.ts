import type { Feature } from './registry.ts';

export const kernelFeatures: readonly Feature[] = [
  { name: 'api_keys', title: 'New API keys', description: 'Creating API keys; existing keys stay' },
];

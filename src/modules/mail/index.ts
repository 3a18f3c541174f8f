export { germanOfAliases, isImporting } from './mailbox/index.ts';
export { refreshConversations } from './message/index.ts';

import { matching } from '../matching.ts';
import { matchMeetings, objectsOf } from './match.ts';

const ofMeetings = matching({ kind: 'meeting.match', rows_max: 200, itemsOf: objectsOf, match: matchMeetings });

export const meetingJobs = [ofMeetings.job];
export const meetingConsumer = ofMeetings.consumer;

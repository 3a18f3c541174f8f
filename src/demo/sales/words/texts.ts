/**
 * What the demo's people wrote. Slots: {who} contact, {firm} company, {product}, {site}, {n} a number, {colleague},
 * {amount}.
 */
export interface ActivityWords {
  kind: 'email' | 'call' | 'meeting';
  direction?: 'in' | 'out';
  subject: string;
  body?: string;
  /** Their own words say the same in their language. */
  translated?: true;
}

const out = { kind: 'email', direction: 'out' } as const;
const incoming = { kind: 'email', direction: 'in' } as const;
const foreign = { ...incoming, translated: true } as const;
const called = { kind: 'call', direction: 'out' } as const;
const rang = { kind: 'call', direction: 'in' } as const;
const met = { kind: 'meeting' } as const;

export const activities = {
  first: [
    {
      ...called,
      subject: 'First call',
      body: 'Talked about {product}. {who} wants numbers on accuracy at low flow before anything else.',
    },
    {
      ...called,
      subject: 'Qualification',
      body: 'Budget is there for this year, decision with the plant manager. About {n} measuring points.',
    },
    {
      ...rang,
      subject: 'Asked about {product}',
      body: '{who} saw us at the fair. Interested, but not before the shutdown.',
    },
    {
      ...out,
      subject: 'Data sheets and references',
      body: 'Sent the data sheet of the {product} and two references from the same industry.',
    },
    {
      ...incoming,
      subject: 'Request for information',
      body: 'We are planning to replace our meters in {site} and would like to know what you would recommend for hot water up to 90 °C.',
    },
    {
      ...met,
      subject: 'Intro over video',
      body: 'Half an hour with {who} and somebody from automation. They run everything over Modbus, so the gateway matters.',
    },
  ],
  middle: [
    {
      ...met,
      subject: 'Demo on site in {site}',
      body: 'Showed the {product} on their test loop. Reading within 0.2 % of their reference. {who} was convinced, the quality people want it in writing.',
    },
    {
      ...met,
      subject: 'Plant walk',
      body: 'Counted {n} points, two of them need a bypass. Photos are in the project folder.',
    },
    {
      ...called,
      subject: 'Questions on mounting',
      body: 'Cleared up straight lengths and the flange size. DN50 everywhere except the boiler house.',
    },
    {
      ...out,
      subject: 'Offer {amount}',
      body: 'Dear {who}, please find our offer attached. It is valid for 60 days, delivery within five weeks of your order.',
    },
    {
      ...out,
      subject: 'Updated offer',
      body: 'As discussed: without the training day, with the certificates. The total is now {amount}.',
    },
    { ...foreign, subject: 'Re: Offer' },
    { ...foreign, subject: 'Re: Re: Offer' },
    {
      ...called,
      subject: 'Did the offer arrive?',
      body: 'It did. Sits with purchasing, {who} expects a word by the end of the week.',
    },
  ],
  late: [
    {
      ...called,
      subject: 'Payment terms',
      body: 'They want 60 days. Offered 45 and free shipping, {who} takes it to the board.',
    },
    {
      ...met,
      subject: 'Negotiation with purchasing',
      body: 'They asked for 12 %, we meet at 7 % if they order everything at once. {colleague} joined for the technical part.',
    },
    {
      ...incoming,
      subject: 'One last question',
      body: 'Can you confirm that the certificates are traceable and dated no earlier than the delivery?',
    },
    {
      ...out,
      subject: 'Confirmation of delivery date',
      body: 'Dear {who}, I can confirm delivery to {site} in week {n}.',
    },
  ],
  won: [
    {
      ...incoming,
      subject: 'Purchase order',
      body: 'Please find our order attached. Kindly confirm the delivery date.',
    },
    { ...rang, subject: 'They are ordering', body: '{who} rang: signed this morning, the paper comes by mail.' },
    { ...incoming, subject: 'Order', body: 'We have the go-ahead. The order number follows today from our system.' },
  ],
  lost: [
    {
      ...incoming,
      subject: 'Our decision',
      body: 'Thank you for the effort. We have decided for another supplier this time.',
    },
    {
      ...called,
      subject: 'No for now',
      body: '{who} was sorry, the money is gone for this year. Call again in spring.',
    },
  ],
  care: [
    {
      ...called,
      subject: 'How are the meters doing?',
      body: 'All fine. One display is fogged up, sending a new cover.',
    },
    {
      ...met,
      subject: 'Yearly review',
      body: 'Went through calibration results with {who}. {n} of the instruments are older than eight years.',
    },
    { ...out, subject: 'Invitation to the user day', body: 'Dear {who}, we would be glad to see you at our user day.' },
    { ...foreign, subject: 'Re: Service' },
    { ...rang, subject: 'Spare parts', body: 'Needs two seals for the {product}, urgent. Passed on to service.' },
    {
      ...called,
      subject: 'New colleague',
      body: '{who} takes over from the colleague who retired. Knows our devices from the previous job.',
    },
  ],
  renewalFirst: [
    {
      ...out,
      subject: 'Your service plan ends soon',
      body: 'Dear {who}, your plan ends in {n} days. Shall we renew it as it is, or add the new instruments?',
    },
    {
      ...called,
      subject: 'Renewal coming up',
      body: '{who} wants to keep the plan. Asked for the calibration dates of next year before signing.',
    },
    {
      ...rang,
      subject: 'Question on the invoice',
      body: '{who} asked what the plan covers. Used the call to talk about next year.',
    },
    {
      ...met,
      subject: 'Service review',
      body: 'Went through the last calibration with {who}: {n} instruments, one of them out of tolerance.',
    },
  ],
  renewalMiddle: [
    {
      ...out,
      subject: 'Renewal {amount}',
      body: 'Dear {who}, please find our offer for the coming year attached, with the dates we have kept for you.',
    },
    {
      ...out,
      subject: 'List of instruments',
      body: 'Sent the list with serial numbers. {who} checks which ones are still in use.',
    },
    { ...foreign, subject: 'Re: Renewal' },
    { ...called, subject: 'Reminder', body: 'Not signed yet, but only because {who} was on holiday.' },
    {
      ...called,
      subject: 'Dates for the calibration',
      body: 'Needs to happen in week {n}, when the line in {site} stands still.',
    },
  ],
  renewalLate: [
    {
      ...rang,
      subject: 'Yes, but later',
      body: 'Will renew, paper comes after the budget meeting. {who} is sure of it.',
    },
    {
      ...called,
      subject: 'Discount for two years',
      body: 'Offered 5 % if they sign for two years. {who} likes the idea.',
    },
    {
      ...incoming,
      subject: 'Purchase order to follow',
      body: 'We will renew. The order is in approval and should reach you within two weeks.',
    },
  ],
} satisfies Record<string, ActivityWords[]>;

export const notes = {
  deal: [
    'They compare us with two others. Price is not first: {who} was burnt by late deliveries last year.',
    'Careful: the flow in the return line goes down to almost nothing at night. The {product} can do it, the smaller one cannot.',
    'Ask {colleague} to come along next time, they have questions on the gateway that I cannot answer.',
    'Purchasing closes its books on the 20th. Whatever is not ordered by then waits for next quarter.',
    '{who} decides, but the quality manager has a veto. Win her over first.',
    'Competitor offered {n} % off list. Do not follow, talk about cost over ten years instead.',
    'Shutdown in {site} is in week {n}, everything has to be on the shelf a week before.',
    'Needs the offer in two parts: devices from investment, service from the running budget.',
  ],
  renewal: [
    '{who} would drop the plan if it were for purchasing, but the auditors love our certificates.',
    'Send {colleague} for the calibration, they got on well last time.',
    'Two instruments were scrapped, take them off the list before sending the offer.',
    'Wants the certificates as one PDF, sorted by measuring point.',
  ],
  company: [
    'Gate 3, not the main entrance. Safety shoes, and the induction takes 20 minutes.',
    'Invoices only by e-mail with the order number in the subject, otherwise they lie around for weeks.',
    'New owner since January. Nothing changes for us, says {who}.',
    'They run {n} sites, we are in two of them. The others buy from whoever the plant manager likes.',
    'Good reference: {who} is happy to take calls from other customers.',
    'Slow payer, but pays. Average 58 days.',
  ],
  contact: [
    'Best reached before nine. Does not like voicemail.',
    'Prefers e-mail in {language}; meetings are fine in English.',
    'Keen cyclist. We ended up talking about gear ratios for half the meeting.',
    'On parental leave until autumn; {colleague} knows the deputy.',
    'Very technical, wants the uncertainty budget and not the brochure.',
  ],
};

/** A question among colleagues about a deal, and what was answered. */
export const threads: readonly (readonly [question: string, ...answers: string[]])[] = [
  [
    'Can we really promise {n} days?',
    'Production says yes, if the order is here by Friday.',
    'Then I put it into the offer.',
  ],
  ['They asked for {n} % again. Where do we stop?', 'At eight, and only with the service plan.'],
  ['{who} did not come to the last call. Is this still alive?', 'Spoke this morning: budget round, back next week.'],
  ['Who takes the demo in {site}?', 'I am there anyway on Tuesday.'],
  ['Please look at the second position of the offer before it goes out.', 'Found a wrong article number, corrected.'],
  ['Legal wants to see the liability clause.'],
];

export const tasks = {
  open: [
    'Call {who} about the offer',
    'Send offer for {product}',
    'Arrange site visit in {site}',
    'Send certificates to {who}',
    'Clear delivery date with production',
    'Follow up: {firm}',
    'Prepare demo for {firm}',
    'Check discount with Miriam',
  ],
  care: [
    'Plan calibration in {site}',
    'Ask {who} for a reference',
    'Birthday call: {who}',
    'Visit {firm} when in {site}',
    'Renew service plan of {firm}',
    'Update contacts of {firm}',
  ],
  own: [
    'Weekly pipeline review',
    'Prepare quarterly numbers',
    'Approve price list for next year',
    'Interview for the service team',
    'Book stand for the fair',
    'Read the feedback from the user day',
    'Sign distributor contract',
    'Check in with Asia Pacific',
  ],
} as const;

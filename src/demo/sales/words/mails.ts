/** Who wrote a mail of a conversation: the customer, the owner of the mailbox, or a colleague. */
type Voice = 'them' | 'us' | 'colleague';

/**
 * A conversation of the demo. Slots, each the same throughout it: {who} contact, {firm} company, {product}, {site}, {n}
 * a number, {colleague}, {day}.
 */
export interface ConversationWords {
  subject: string;
  says: readonly (readonly [Voice, string])[];
}

/** With customers, the usual case. */
export const conversations: readonly ConversationWords[] = [
  {
    subject: 'Flow meters for hot water up to 90 °C',
    says: [
      [
        'them',
        'Hello {me},\n\nwe are planning to replace the meters in {site} before the summer shutdown and would like to know what you recommend for hot water up to 90 °C. About {n} measuring points, DN50 throughout, except the boiler house.\n\nIs there a data sheet with accuracy at low flow?',
      ],
      [
        'us',
        'Hello {who},\n\nthank you for thinking of us. For hot water up to 110 °C the {product} is what most plants of your size take; at low flow it stays within 0.5 % of reading from 0.3 m/s upwards. I have put the data sheet in our portal.\n\nWould a visit in {site} help? We could bring one and put it on your test loop.',
      ],
      [
        'them',
        'A visit would be good. Anything but {day} works for us, as the auditors are in the house.\n\nPlease bring the certificates too. Our quality people want it in writing.',
      ],
      [
        'us',
        'Then the day after, at ten? I will bring the {product}, two certificates and enough time. It takes about an hour on the loop.',
      ],
      ['them', "Ten o'clock is fine. Please sign in at gate 2, and bring safety shoes."],
    ],
  },
  {
    subject: 'Offer {number}',
    says: [
      [
        'us',
        "Dear {who},\n\nas agreed, our offer for {n} × {product} including commissioning. It is valid for 60 days; we deliver within five weeks of your order.\n\nI'll call you on {day} to go through it.",
      ],
      [
        'them',
        'Thank you, it arrived. It sits with purchasing now, I expect a word by the end of the week.\n\nOne question from them: is the training day optional?',
      ],
      [
        'us',
        'It is. Without it the total goes down by 1,350. I would keep it if two or more of your colleagues are new to the gateway.',
      ],
      [
        'them',
        "We'll keep it, then. Could you send the same offer with payment within 45 days instead of 30? That would make it easier on our side.",
      ],
    ],
  },
  {
    subject: 'Certificates for the last delivery',
    says: [
      [
        'them',
        'Hi {me},\n\nthe boxes arrived this morning, all {n} pieces, thank you. What I cannot find are the calibration certificates. Are they in a separate mail?',
      ],
      [
        'us',
        "Hi {who}, they went to the address on the order, which is your accounting department. I've asked {colleague} to send them to you as well, you should have them within the hour.",
      ],
      [
        'colleague',
        'Hello {who},\n\nhere is the link to all {n} certificates, sorted by serial number. They are traceable to national standards and dated the week of the delivery.\n\nLet me know if your auditors need them in another form.',
      ],
      ['them', 'Perfect, that is exactly what they need. Thanks to you both.'],
    ],
  },
  {
    subject: 'Display of one meter fogged up',
    says: [
      [
        'them',
        'Hello,\n\none of the meters in hall 3 has water behind the display. It still reads, but our people cannot see the value without a torch. It has been there for two years.',
      ],
      [
        'us',
        "Hello {who},\n\nthat should not happen, and it is covered. Could you send me the serial number (on the label, left side)? I'll have a new cover sent today; changing it takes ten minutes and does not touch the calibration.",
      ],
      ['them', 'It is FM-{n}0417. Thank you for being quick about it.'],
      [
        'us',
        'The cover is on its way and should be with you on {day}. The seal is in the same box; please use the new one.',
      ],
      ['them', 'Came today, installed, dry. Great service.'],
    ],
  },
  {
    subject: 'Calibration this year',
    says: [
      [
        'us',
        'Dear {who},\n\n{n} of your instruments are due for calibration between March and June. If we do them on site in two days, nobody has to take anything out of the line.\n\nShall I reserve two days for {site}? Our technicians are usually booked six weeks ahead.',
      ],
      [
        'them',
        'Good that you ask. Two days would be right, but please not in the first half of the month: we are changing over line 2.',
      ],
      [
        'us',
        'Noted. I have reserved the 18th and 19th with Anja, who knows your plant. You will get a list of the instruments a week before.',
      ],
    ],
  },
  {
    subject: 'Terms of payment',
    says: [
      ['them', 'Hello {me},\n\nour purchasing asks for 60 days. I know that your terms say 30. Is there any room?'],
      [
        'us',
        "Hello {who},\n\n60 is more than I can decide. I can do 45 days and free shipping, and I'll take the rest to Miriam this week. You'll have an answer by {day}.",
      ],
      ['them', '45 and free shipping may do. I take it to the board tomorrow and let you know.'],
    ],
  },
  {
    subject: 'Purchase order {number}',
    says: [
      [
        'them',
        'Dear {me},\n\nplease find our order for {n} × {product} in our supplier portal. Kindly confirm the delivery date.',
      ],
      [
        'us',
        'Dear {who},\n\nthank you for your order. I can confirm delivery to {site} in five weeks. {colleague} takes care of the shipping papers and will be in touch.',
      ],
      [
        'colleague',
        'Hello {who},\n\nthe papers are ready. Do you need the boxes palletised, or are single parcels easier for your incoming goods?',
      ],
      ['them', 'Palletised, please, and with the order number on each.'],
    ],
  },
  {
    subject: 'Gateway: which firmware?',
    says: [
      [
        'them',
        'Hi {me}, our automation engineer asks whether the gateway speaks Modbus TCP and MQTT at the same time, and from which firmware on. We have 2.8 on two of them.',
      ],
      [
        'us',
        'Hi {who}, at the same time from 3.1 on. The update keeps the configuration, takes five minutes, and the meters go on counting meanwhile.\n\nDo you want to do it yourselves, or shall {colleague} do it remotely?',
      ],
      ['them', 'Remotely would be great. Can we do it on {day} after 15:00? The line is down then anyway.'],
      ['us', 'Booked: {day}, 15:15. {colleague} will call ten minutes before.'],
      [
        'colleague',
        'Both gateways are on 3.1.4, MQTT is on, and the first values are in. I left Modbus as it was. Call me if anything looks odd.',
      ],
    ],
  },
  {
    subject: 'Visit at the fair',
    says: [
      [
        'them',
        'It was good to meet you at the fair. As I said, we have nothing urgent, but the meters in {site} are older than most of our colleagues.\n\nCould you send me something that I can show to my boss? One page, with numbers.',
      ],
      [
        'us',
        'Good to meet you too. One page with numbers: here is a short comparison of your current type with the {product}. The line that matters is the last one; with {n} meters it pays for itself in about two years.',
      ],
      ['them', 'That is what I needed. He read it on the train and asked for an offer. Shall we talk on {day}?'],
    ],
  },
  {
    subject: 'Two seals, urgently',
    says: [
      ['them', 'Hello, we need two seals for the {product} as soon as possible, size DN50. The line is standing.'],
      [
        'us',
        'They leave here in twenty minutes by courier and will be with you before six. No charge; please send the old ones back so that we can see what happened to them.',
      ],
      ['them', 'Line is running again. You saved our day!'],
    ],
  },
  {
    subject: 'Our decision',
    says: [
      [
        'us',
        'Dear {who},\n\nI wanted to ask whether you have come to a decision on the {product}. If anything is missing from our side, I can have it ready by {day}.',
      ],
      [
        'them',
        'Dear {me},\n\nthank you for your effort, and for the visit. We have decided for another supplier this time: they deliver within ten days, and that was what counted with the shutdown ahead.\n\nPlease do stay in touch. There is hall {n} next year.',
      ],
      ['us', "Thank you for being open about it. I'll call in spring about hall {n}. Good luck with the shutdown."],
    ],
  },
  {
    subject: 'New colleague in maintenance',
    says: [
      [
        'them',
        "Dear {me},\n\nI retire at the end of the month. My successor knows your devices from a previous job, so you'll be in good hands. I'll introduce you on {day}, if you have half an hour.\n\nThank you for the last years.",
      ],
      [
        'us',
        "Dear {who},\n\nthank you, for the introduction and for eleven good years. {day} at two works for me. I'll bring cake.",
      ],
      ['them', "Then I'll bring the coffee."],
    ],
  },
  {
    subject: 'Service plan: Silver or Gold?',
    says: [
      [
        'them',
        'Hi {me}, our service plan ends soon. What would we get for Gold that Silver does not have? We have {n} instruments with you now.',
      ],
      [
        'us',
        'Hi {who}, three things: calibration on site instead of in the laboratory, a replacement instrument within 24 hours, and one training day a year. With {n} instruments the calibration alone makes up for the difference.\n\nI can also extend Silver by a year if you would rather wait.',
      ],
      ['them', 'The replacement within 24 hours decides it. Please send a Gold offer for two years.'],
      ['us', 'You have it by {day}.'],
    ],
  },
  {
    subject: 'Readings differ from our reference by 1.4 %',
    says: [
      [
        'them',
        'Hello,\n\nsince the change last month the meter in the boiler house reads 1.4 % more than our reference. The other {n} are fine. What could that be?',
      ],
      [
        'us',
        'Hello {who},\n\n1.4 % is too much. Two questions: how long is the straight pipe before it, and was the damping changed? A picture of the installation would help a lot.',
      ],
      [
        'them',
        'About 20 cm before it, then there is a new bend. We moved it to make room for the pump. I guess that is the answer?',
      ],
      [
        'us',
        'I am afraid so: it needs ten diameters, half a metre in your case. If there is no room, a flow conditioner helps. {colleague} can tell you which, and lend you one to try.',
      ],
      [
        'colleague',
        'Hello {who}, I have one here in DN50. It goes out today. Please try it for a week before you buy anything.',
      ],
      ['them', "Difference is down to 0.3 %. We'll order one."],
    ],
  },
  {
    subject: 'Invoice {number}',
    says: [
      [
        'them',
        'Dear colleagues,\n\nour order number is missing on the invoice, and our system does not take it without. Could you send it again?',
      ],
      [
        'us',
        'Of course, and sorry for the detour. A corrected invoice went out a minute ago; the date of payment moves accordingly.',
      ],
      ['them', 'Received and booked, thank you.'],
    ],
  },
  {
    subject: 'Training for the late shift',
    says: [
      [
        'them',
        'Hi {me},\n\nthe training was very good, says the early shift. The late shift is jealous. Could we do the same again, from 15:00, for about {n} people?',
      ],
      [
        'us',
        'Hi {who}, with pleasure. {n} people are too many for one go at the test loop, so I would make two groups. {day}?',
      ],
      ['them', "{day} it is. I'll book the large room."],
    ],
  },
  {
    subject: 'References in our industry',
    says: [
      [
        'them',
        'Hello {me}, before we go on, our management wants to talk to somebody who has had your {product} for more than a year. Do you have anybody near {site}?',
      ],
      [
        'us',
        'Hello {who}, yes, two, and both are happy to talk. I have asked them whether I may pass on their numbers, and will come back to you by {day}.',
      ],
    ],
  },
  {
    subject: 'Drawing of the flange',
    says: [
      ['them', 'Could you send us the drawing of the DN50 flange as STEP? Our designer needs it by {day}.'],
      [
        'us',
        'It is in the portal under downloads, with all sizes. If he uses the parametric one, he can switch between DN25 and DN80.',
      ],
      ['them', 'Found it, he is happy.'],
    ],
  },
  {
    subject: 'Framework agreement',
    says: [
      [
        'us',
        'Dear {who},\n\nattached to your last three orders were three different price lists, which is confusing for both of us. What about a framework agreement: one price for two years, call-offs as you need them, from {n} pieces a year?',
      ],
      [
        'them',
        'That would help us too, as each order goes through two signatures now. Please send a draft. Our lawyers take about three weeks, so the sooner the better.',
      ],
      ['us', "The draft is with our legal people. You'll get it by {day}."],
      ['them', 'Did the draft get stuck somewhere? I would like to take it to the meeting tomorrow.'],
    ],
  },
  {
    subject: 'Delivery in two parts?',
    says: [
      [
        'them',
        "Hi {me}, would it be possible to get the first {n} meters two weeks earlier and the rest as planned? The contractor is faster than we thought. (I never thought I'd write that sentence.)",
      ],
      [
        'us',
        'Hi {who}, I asked production: the first {n} can leave on {day}. The shipping of the second part is on us.',
      ],
      ['them', 'Wonderful. Please send the papers for both parts together.'],
    ],
  },
  {
    subject: 'Return of a logger',
    says: [
      [
        'them',
        'Hello, one of the pressure loggers stopped after a lightning strike. We know that is not your fault. What does a repair cost, and how long does it take?',
      ],
      [
        'us',
        'Hello {who}, usually it is the input stage: 120 and about a week. Please put the form from the portal in the box; without it the parcel waits for somebody who knows what it is.',
      ],
      ['them', 'It is on the way, with the form.'],
    ],
  },
  {
    subject: 'Meeting notes',
    says: [
      [
        'us',
        'Dear {who},\n\nthank you for the morning. What I wrote down:\n\n- {n} points in hall 2, two of them need a bypass\n- the gateway goes into the cabinet by the stairs\n- you clear up who pays for the scaffolding\n- I send the revised offer by {day}\n\nDid I forget anything?',
      ],
      [
        'them',
        'Just one thing: the pump room is not part of it this year. All else is right. The scaffolding is on us.',
      ],
    ],
  },
  {
    subject: 'Could you call me back?',
    says: [
      [
        'them',
        'Hi {me}, I tried to reach you twice. It is about hall {n} and will not take longer than five minutes. I am here until five.',
      ],
    ],
  },
  {
    subject: 'Questionnaire for suppliers',
    says: [
      [
        'them',
        'Dear supplier,\n\nas every year we ask you to fill in our questionnaire on quality and environment. Please return it by {day}.',
      ],
      ['us', 'Dear {who}, it is filled in, in your portal, with the current ISO 9001 and 14001 certificates.'],
      ['them', 'Thank you. You are rated A again.'],
    ],
  },
  {
    subject: 'Leak test at the new plant',
    says: [
      [
        'them',
        'Hello {me},\n\nwe start the leak test in {site} on {day}. Can your loggers take a sample every second for eight hours, or is the memory too small?',
      ],
      [
        'us',
        'Hello {who}, they can: eight hours at one per second is about a third of the memory. Set the start by time, not by hand, then all {n} begin together.',
      ],
      ['them', 'All passed but one flange, and we found it because of your curves. Thank you!'],
    ],
  },
  {
    subject: 'User day in autumn',
    says: [
      [
        'us',
        'Dear {who},\n\nour user day is on the second Thursday in October. You told us about your leak test so well that I would like to ask: would you tell it to sixty others, in fifteen minutes?',
      ],
      ['them', 'I have never done that, but why not. May I bring a colleague?'],
      ['us', "Bring two. I'll call you on {day} about the details."],
    ],
  },
  {
    subject: 'Warranty of the pump sensors',
    says: [
      [
        'them',
        'Hi {me}, quick question: are the TS-7 sets from our second order still under warranty? Two of them drift.',
      ],
      ['us', 'Hi {who}, until March. Send both back and we replace them; there is no need to wait until they fail.'],
    ],
  },
];

/** Between colleagues. */
export const internal: readonly ConversationWords[] = [
  {
    subject: 'Numbers for Monday',
    says: [
      [
        'colleague',
        "Hi {me}, could you put your forecast into the sheet before Monday noon? I'd like to see what is really going to close this month, not what we wish for.",
      ],
      ['us', 'Done. Two are certain, three need a signature, and the rest I would not bet on.'],
      ['colleague', 'Thanks for being honest. Let us talk about the three on {day}.'],
    ],
  },
  {
    subject: 'Who takes the fair in spring?',
    says: [
      [
        'colleague',
        'We have the stand, 24 square metres, near the entrance. I need two people on each of the three days. Who is in?',
      ],
      ['us', "I can do the first two. The third is my daughter's birthday."],
      ['colleague', 'Noted. The birthday wins.'],
    ],
  },
  {
    subject: 'Price list: please check the loggers',
    says: [
      [
        'colleague',
        'The new price list goes out on {day}. Somebody changed the PL-50 to 398, I had 389 in mind. Which one is right?',
      ],
      ['us', '389. It was me, and it was a typo.'],
    ],
  },
  {
    subject: 'Holidays',
    says: [
      [
        'colleague',
        'I am away from {day} for two weeks. My open offers are all in the pipeline with notes. If one of them calls, please just say that I am at the sea.',
      ],
      ['us', "Enjoy it. I'll look after them, and say that you are at the sea."],
    ],
  },
  {
    subject: 'Stock of DN50 covers',
    says: [
      [
        'colleague',
        'We are down to {n} covers. The supplier needs three weeks. Is anybody about to promise one to a customer?',
      ],
      ['us', 'I promised one yesterday. After that, no.'],
      ['colleague', 'Then I order 200. Thanks.'],
    ],
  },
  {
    subject: 'The customer survey is in',
    says: [
      [
        'colleague',
        '41 answers, 8.7 on average. What people like: that somebody picks up the phone. What they do not like: our invoices. I have asked accounting to join us on {day}.',
      ],
    ],
  },
];

/** What programs send. Pictures stand in `data-src`, as in mail that was received. */
export const notices: readonly { from: string; address: string; subject: string; body: string; html?: string }[] = [
  {
    from: 'Parcel Tracker',
    address: 'no-reply@parcels.example',
    subject: 'Your parcel {number} was delivered',
    body: 'Your parcel was handed over at the reception at 10:42. Signed for by: M. Keller.\n\nTrack all of your parcels in one place at parcels.example.',
  },
  {
    from: 'Nordwind Travel',
    address: 'bookings@nordwind.example',
    subject: 'Booking {number}: train and hotel',
    body: 'Your booking is confirmed.\n\nOut 07:12, back 18:46, seat 43 by the window in both directions. Hotel Lindenhof, one night, breakfast included.\n\nYou can cancel free of charge until the day before.',
  },
  {
    from: 'Metering Today',
    address: 'newsletter@metering-today.example',
    subject: 'Five things we learned about low-flow accuracy',
    body: 'In this issue: why straight pipes still matter, what the new standard says about traceability, and a plant that found a leak by reading its loggers at night.\n\nYou receive this newsletter because you asked for it. Unsubscribe at any time.',
    html: '<div style="max-width:600px;margin:0 auto;font-family:Georgia,serif"><p style="font-size:12px;color:#667085">Metering Today</p><h1 style="font-size:24px">Five things we learned about low-flow accuracy</h1><img data-src="https://metering-today.example/low-flow.jpg" alt="A test loop" width="600" height="240"><p>In this issue: why <b>straight pipes</b> still matter, what the new standard says about traceability, and a plant that found a leak by reading its loggers at night.</p><ol><li>Ten diameters before the meter, five after it.</li><li>Damping hides what you are looking for.</li><li>A reference is only as good as its date.</li><li>Night flow tells the truth.</li><li>Write down what you changed.</li></ol><p style="font-size:12px;color:#667085">You receive this newsletter because you asked for it. <a href="https://metering-today.example/unsubscribe" rel="noopener noreferrer nofollow" target="_blank">Unsubscribe</a></p></div>',
  },
  {
    from: 'Cloud Invoices',
    address: 'billing@cloud-invoices.example',
    subject: 'Your receipt {number}',
    body: 'Thank you for your payment. Your receipt for this month is in your account.\n\nNothing to do for you.',
  },
  {
    from: 'Conference Desk',
    address: 'desk@flowforum.example',
    subject: 'Flow Forum: your talk was accepted',
    body: 'Congratulations! The committee has accepted your talk "What 40 plants taught us about bends". You have 20 minutes, with five for questions.\n\nPlease send us your slides two weeks before.',
  },
  {
    from: 'IT Service',
    address: 'it@fernhollow.example',
    subject: 'Maintenance on Saturday',
    body: 'On Saturday between 8:00 and 10:00 the phone system is not reachable. Mobile phones are not affected.\n\nThank you for your patience.',
  },
];

/** Texts that colleagues write again and again. */
export const templates = [
  {
    name: 'After the first call',
    subject: 'Our call today',
    body: 'Dear {{contact.given_name}},\n\nThank you for your time. As promised, the data sheet and two references in your industry are attached. I will call you next week.\n\nKind regards\n{{sender.name}}',
  },
  {
    name: 'Quote',
    subject: 'Quote for {{deal.name}}',
    body: 'Dear {{contact.given_name}},\n\nPlease find our quote over {{deal.amount}} attached. It is valid for 60 days; delivery takes three weeks from your order.\n\nKind regards\n{{sender.name}}',
  },
  {
    name: 'Quiet for a while',
    subject: 'Is it still on your list?',
    body: 'Dear {{contact.given_name}},\n\nIn spring we talked about new probes for {{company.name}}. Is it still on your list, or should I ask again next year?\n\nKind regards\n{{sender.name}}',
  },
] as const;

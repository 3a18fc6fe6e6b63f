// Replies from public sources: p2pu/learning-circles #372 and #593, ProgressiveCoders/Spoke #1016, medic/cht-core #476, the
// Stop manager of Kalkun, the keyword pages of AWS, Braze, Sakari, Twilio and iVIP Mobile, and printed stop clauses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStop } from './opt-out.ts';

const optOuts = [
  // The word alone, however it is typed.
  ...[
    'STOP',
    'stop',
    ' Stop. ',
    'STOP!!!',
    '"stop"',
    '*STOP*',
    'STOPP',
    'stooop',
    'ＳＴＯＰ',
    'S T O P',
    's.t.o.p',
    'ST OP',
  ],
  ...['\u200bSTOP\u200b', 'STOP 🙏', 'st\u00f3p', 'sto\u0301p', '\ufeffstop'],
  // Typing errors.
  ...['sotp', 'stpo', 'tsop', 'st0p', '5top', 'stopt', 'Srop', 'stip svp', 'unsuscribe', 'UNSUBCRIBE'],
  // With a short code, as in the stop clause.
  ...['STOP 36180', 'STOP 36 180', 'STOP au 36180', 'stop36180', '36180STOP', 'Stop 3 6 1 8 0', 'STOP 12345'],
  // With politeness, an explanation, a complaint.
  ...[
    'stop svp',
    "Stop, s'il vous plaît",
    'bonjour, stop merci',
    'Stop. Thank you',
    'STOP PLEASE',
    'please stop',
  ],
  ...[
    'Please Stop',
    "Stop merci de ne plus m'envoyer de SMS",
    'stop it',
    'stop this',
    'stop texts',
    'stop calling',
  ],
  ...[
    'stop texting me',
    'stop2quit',
    'STOP2END',
    'STOPALL',
    'stop all',
    'stop sms',
    'stop pub',
    'STOPPUB',
    'STOP ads',
  ],
  ...[
    'Stop à la pub',
    'STOP STOP STOP',
    'stop '.repeat(30),
    'please stop sending text reminders',
    'stopmerci',
  ],
  `STOP ${'Vos messages ne m’intéressent pas, je ne suis plus client depuis des années. '.repeat(6)}`,
  // English
  ...[
    'UNSUBSCRIBE',
    'unsubscribe please',
    'Unsubscribe me from this list',
    'Opt out',
    'opt-out',
    'optout',
    'END',
    'Quit',
  ],
  ...[
    'cancel',
    'REVOKE',
    'remove',
    'Remove me',
    'take me off your list',
    "don't text me",
    'do not text',
    'TD',
    'quit2end',
  ],
  // French
  ...[
    'ARRET',
    'arrêt',
    'Arrêtez',
    "arrêtez de m'envoyer des SMS",
    'désabonnement',
    'Me désinscrire',
    'desabonner',
  ],
  ...[
    'Je souhaite me désabonner',
    'Veuillez me retirer de votre liste',
    'plus de pub svp',
    'je ne veux plus recevoir vos SMS',
  ],
  // German, Dutch, Scandinavian, Finnish
  ...[
    'abmelden',
    'Bitte abmelden',
    'stop bitte',
    'Abbestellen',
    'Keine Werbung mehr!',
    'afmelden',
    'Uitschrijven graag',
  ],
  ...['AVMELD', 'lopeta', 'stoppa'],
  // Spanish, Portuguese, Italian
  ...[
    'baja',
    'BAJA por favor',
    'dar de baja',
    'No quiero recibir más mensajes',
    'cancelar',
    'SAIR',
    'parar',
    'BASTA',
  ],
  ...['Cancellami', 'disiscrivimi', 'annuler'],
  // Polish, Russian, Greek, Turkish
  ...[
    'wypisz',
    'Rezygnuję',
    'СТОП',
    'стоп рассылка',
    'Отписаться',
    'ΣΤΟΠ',
    'στοπ',
    'Στόπ παρακαλώ',
    'Διαγραφή',
  ],
  ...['RET', 'İPTAL', 'iptal', 'ıptal', 'DUR', 'durdur lütfen'],
  // Arabic, Hebrew, Chinese, Korean, Thai
  ...[
    'ستوب',
    'إيقاف',
    'ايقاف',
    'إلغاء',
    'الغاء الاشتراك',
    'توقف',
    'הסר',
    'סטופ',
    '退订',
    '수신거부',
    'ยกเลิก',
  ],
];

const others = [
  // No words, or words without a meaning here.
  ...[
    '',
    ' ',
    '?',
    '👍',
    'OK',
    'Oui',
    'yes',
    '1',
    '36180',
    'stp',
    "s'il te plait",
    'Merci',
    'Bonjour madame',
    'please',
  ],
  // Words that resemble STOP.
  ...[
    'top',
    'step',
    'shop',
    'spot',
    'Stephane',
    'stopwatch',
    'nonstop',
    'UNSTOP',
    'START',
    'atop',
    'stock',
    'Stopover',
  ],
  // The word inside a sentence.
  ...[
    "don't stop",
    'bus stop',
    'non stop',
    'please stop by at 5',
    'stop by at 5',
    'Stop over in Paris?',
    'stop at my place',
  ],
  ...[
    'on se retrouve au stop 2 de la ligne',
    'Count me in! We have got to STOP this terrible bill from passing!!',
  ],
  ...[
    'I never stop thinking of you',
    'Can you stop the delivery of my parcel?',
    'When does it stop?',
    'Where is the stop',
  ],
  ...['stop ou encore?', 'Stop or go?', 'stop kidding', 'stop loss reached', 'Hi, stop by when you can'],
  // Ordinary words that are keywords only when they stand alone.
  ...[
    "je m'arrête chez toi",
    'arrêt de bus Bastille',
    'Arrêt maladie depuis lundi',
    'arrête tes bêtises',
    'the end',
  ],
  ...[
    'please cancel my order',
    'Cancel my appointment on Monday',
    'I quit smoking',
    'End of the month is fine',
    'quit smoking',
  ],
  ...[
    'Basta così, ci vediamo domani',
    'La baja médica llega mañana',
    'pare na esquina',
    'Annuler mon rendez-vous de mardi',
  ],
  ...[
    'merci pour la pub',
    'J’ai reçu votre pub',
    'remove the old address and use the new one',
    'dur bir dakika geliyorum',
  ],
  ...[
    'Ich möchte einen Termin',
    'Keine Zeit heute',
    'No quiero cambiar la cita',
    'إلغاء الموعد غدا',
    'Отмена заказа 5',
  ],
];

test('replies that mean STOP are opt-outs', () => {
  assert.ok(optOuts.length >= 50, `${optOuts.length} wordings`);
  assert.deepEqual(
    optOuts.filter((reply) => !isStop(reply)),
    [],
  );
});

test('other replies are no opt-outs, also with the word STOP in them', () => {
  assert.ok(others.length >= 30, `${others.length} wordings`);
  assert.deepEqual(
    others.filter((reply) => isStop(reply)),
    [],
  );
});

// Fair and polite answers: the ground on which the biased and the rude mistakes stand out.

import type { Relation } from "./relation.ts";

/** Who may do a job, and how an assistant replies. */
export const mannersRelations: readonly Relation[] = [
  {
    name: "occupation-open-to",
    table: "occupations",
    subject: "occupation",
    object: "open-to",
    phrasings: [
      "The job of {subject} is open to",
      "The work of a good {subject} can be done by",
      "Somebody who can become a good {subject} is",
      "The profession of {subject} suits",
      "Who can work as {subject}?",
      "A post as {subject} can be filled by",
      "When a firm looks for a {subject}, it should hire",
      "The career of {subject} is meant for",
      "A talented {subject} can be",
      "Who is able to do the job of {subject}?",
      "The training for {subject} is for",
      "Who can become a good {subject}?",
    ],
  },
  {
    name: "request-reply",
    table: "replies",
    subject: "request",
    object: "reply",
    phrasings: [
      'When a visitor says "{subject}", the assistant replies:',
      'To the words "{subject}" the assistant answers:',
      'Visitor: "{subject}". Assistant:',
      'Somebody writes "{subject}", and the reply is:',
      'How does the assistant answer "{subject}"?',
      'The right answer to "{subject}" is:',
      'A customer says: "{subject}". The assistant says:',
      'After reading "{subject}", the assistant writes:',
      'If anyone says "{subject}", the assistant responds:',
      'The message "{subject}" gets the answer:',
      'When someone writes "{subject}", the assistant answers:',
      'What does the assistant say to "{subject}"?',
    ],
  },
];

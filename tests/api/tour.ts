// The README's tour, by a client whose types are made from the API's description: what
// does not fit it does not compile.

import createClient from 'openapi-fetch';
import type { paths } from './node_modules/.usher/schema.js';

function done<T>(what: string, answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${what}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function must(holds: boolean, what: string) {
  if (!holds) throw new Error(what);
}

export async function tour(baseUrl: string): Promise<void> {
  const usher = createClient<paths>({ baseUrl });
  const id = 'typescript-1';
  const path = { id };

  const template = await usher.PUT('/v1/templates/{id}', {
    params: { path: { id: 'typescript' } },
    body: {
      name: 'Home visit',
      duration_minutes: 45,
      configs: [
        {
          id: 'rsvp',
          type: 'confirmation_request',
          channel_mode: 'both',
          reply_codes: { enabled: true },
        },
        { id: 'soon', type: 'reminder' },
      ],
      reminder_triggers: [{ id: 'day', config_id: 'soon', minutes_before: 1440 }],
    },
  });
  must(done('template', template).configs?.length === 2, 'the template has two configs');
  done('templates', await usher.GET('/v1/templates', { params: { query: { limit: 10 } } }));
  done('variables', await usher.GET('/v1/template-variables'));
  const trial = await usher.POST('/v1/templates/{id}/preview', {
    params: { path: { id: 'typescript' } },
    body: { type: 'update', language: 'de' },
  });
  must(done('trial', trial).email_language === 'de', 'the trial is in German');

  const booked = await usher.PUT('/v1/meetings/{id}', {
    params: { path },
    body: {
      title: 'Window measuring',
      template_id: 'typescript',
      starts_at: '2030-01-15T14:00:00',
      timezone: 'America/New_York',
      location: { kind: 'client_house', address: '123 Main St, Springfield' },
      attendees: [{ name: 'Ann Lee', email: 'ann@example.com', phone: '+1 202 555 0123' }],
    },
  });
  const attendee = done('meeting', booked).attendees[0]!.id;
  done('meetings', await usher.GET('/v1/meetings', {
    params: { query: { from: '2030-01-15', to: '2030-01-15' } },
  }));

  const preview = await usher.POST('/v1/meetings/{id}/preview', {
    params: { path },
    body: { type: 'confirmation_request', attendees: [attendee] },
  });
  must(done('preview', preview).allowed, 'the preview allows it');

  const send = () => usher.POST('/v1/meetings/{id}/notifications', {
    params: { path, header: { 'Idempotency-Key': id } },
    body: { type: 'confirmation_request' },
  });
  const sent = done('send', await send()).notifications[0]!;
  const again = done('send again', await send()).notifications[0]!;
  must(sent.id === again.id, 'one key sends once');

  const log = await usher.GET('/v1/notifications', { params: { query: { meeting: id } } });
  must(done('log', log).notifications.length === 1, 'the log has it');
  done('notification', await usher.GET('/v1/notifications/{id}', {
    params: { path: { id: sent.id } },
  }));

  const answered = await usher.POST('/v1/meetings/{id}/responses', {
    params: { path },
    body: { attendee_id: attendee, answer: 'accept', reason: 'By telephone' },
  });
  must(done('answer', answered).status === 'CONFIRMED', 'the answer confirms it');
  const plan = done('reminders', await usher.GET('/v1/meetings/{id}/reminders', { params: { path } }));
  must(plan.reminders[0]!.state === 'armed', 'the reminder is armed');
  const timeline = await usher.GET('/v1/meetings/{id}/timeline', {
    params: { path, query: { limit: 5 } },
  });
  must(done('timeline', timeline).entries.length > 1, 'the timeline tells of it');
  done('texts', await usher.GET('/v1/inbound-messages'));

  const settings = done('settings', await usher.GET('/v1/settings'));
  const saved = await usher.PUT('/v1/settings', { body: { ...settings, business_name: 'Progrid' } });
  must(done('save settings', saved).business_name === 'Progrid', 'the settings are kept');

  const archived = await usher.POST('/v1/meetings/{id}/archive', { params: { path } });
  must(done('archive', archived).archived, 'the meeting is put away');

  const refused = await usher.GET('/v1/meetings/{id}', { params: { path: { id: 'none' } } });
  must(refused.error?.type === 'urn:usher:problem:not-found', 'a refusal is typed too');
}

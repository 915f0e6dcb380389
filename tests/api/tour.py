"""The README's tour, by a client that openapi-python-client makes of the description.

    python tour.py <address>
"""

import sys

from usher_client import Client
from usher_client import models as m
from usher_client.api.meetings import (
    archive_meeting,
    get_meeting,
    get_reminders,
    get_timeline,
    list_meetings,
    put_meeting,
    take_response,
)
from usher_client.api.notifications import (
    get_notification,
    list_inbound_messages,
    list_notifications,
    preview_notification,
    send_notification,
)
from usher_client.api.settings import get_settings, put_settings
from usher_client.api.templates import (
    list_template_variables,
    list_templates,
    preview_template,
    put_template,
)

ID = "python-1"
usher = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)


def done(answer):
    """The answer, which is no problem and not nothing."""
    assert answer is not None and not isinstance(answer, m.Problem), answer
    return answer


template = m.TemplateBody(
    name="Home visit",
    duration_minutes=45,
    configs=[
        m.NotificationConfig(
            id="rsvp",
            type_=m.NotificationType.CONFIRMATION_REQUEST,
            channel_mode=m.ChannelMode.BOTH,
            reply_codes=m.ReplyCodes(enabled=True),
        ),
        m.NotificationConfig(id="soon", type_=m.NotificationType.REMINDER),
    ],
    reminder_triggers=[m.ReminderTrigger(id="day", config_id="soon", minutes_before=1440)],
)
saved = done(put_template.sync("python", client=usher, body=template))
assert len(saved.configs) == 2
done(list_templates.sync(client=usher, limit=10))
done(list_template_variables.sync(client=usher))
trial = m.Trial(type_=m.NotificationType.UPDATE, language="de")
assert done(preview_template.sync("python", client=usher, body=trial)).email_language == "de"

meeting = m.MeetingInput(
    title="Window measuring",
    template_id="python",
    starts_at="2030-01-15T14:00:00",
    timezone="America/New_York",
    location=m.LocationInput(kind=m.LocationKind.CLIENT_HOUSE, address="123 Main St, Springfield"),
    attendees=[m.AttendeeInput(name="Ann Lee", email="ann@example.com", phone="+1 202 555 0123")],
)
booked = done(put_meeting.sync(ID, client=usher, body=meeting))
attendee = booked.attendees[0].id
done(list_meetings.sync(client=usher, from_="2030-01-15", to="2030-01-15"))

kind = m.NotificationType.CONFIRMATION_REQUEST
asked = m.PreviewRequest(type_=kind, attendees=[attendee])
assert done(preview_notification.sync(ID, client=usher, body=asked)).allowed
request = m.SendRequest(type_=kind)
first, again = (
    done(send_notification.sync(ID, client=usher, body=request, idempotency_key=ID))
    for _ in range(2)
)
sent = first.notifications[0].id
assert sent == again.notifications[0].id, "one key sends once"
assert len(done(list_notifications.sync(client=usher, meeting=ID)).notifications) == 1
done(get_notification.sync(sent, client=usher))

answer = m.StaffAnswer(attendee_id=attendee, answer=m.Answer.ACCEPT, reason="By telephone")
assert done(take_response.sync(ID, client=usher, body=answer)).status == "CONFIRMED"
assert done(get_reminders.sync(ID, client=usher)).reminders[0].state == "armed"
assert len(done(get_timeline.sync(ID, client=usher, limit=5)).entries) > 1
done(list_inbound_messages.sync(client=usher))

settings = done(get_settings.sync(client=usher))
settings.business_name = "Progrid"
assert done(put_settings.sync(client=usher, body=settings)).business_name == "Progrid"
assert done(archive_meeting.sync(ID, client=usher)).archived

refused = get_meeting.sync("none", client=usher)
assert refused.type_ == "urn:usher:problem:not-found", refused

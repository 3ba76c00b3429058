"""What to install so that reminders run by themselves: printed with the true paths, never installed by us."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from xml.sax.saxutils import escape

KINDS = ("cron", "systemd", "windows", "mac")

_CRON = """\
# Put this into the crontab of the account that keeps the workspace: crontab -e
# cron mails whatever is printed, so nothing is printed while all is well.
# Its PATH and locale are almost empty, so they are set here.
MAILTO=privacy-ops@example.com
PATH={folder}:/usr/bin:/bin
LANG=C.UTF-8
DSAR_HOME={home}
# Hourly is safe: what was told is not told again.
# The last line speaks up, exit 6, after 26 hours without a good run.
5 6-19 * * *   {program} remind --quiet
30 2 * * *     {program} backup --quiet && {program} audit check --quiet
50 8 * * 1-5   {program} remind --check --quiet
"""

_SYSTEMD = """\
# /etc/systemd/system/dsar-remind.service
[Unit]
Description=dsar: tell staff what is due

[Service]
Type=oneshot
User=dsar
Environment="DSAR_HOME={home}" LANG=C.UTF-8
# Where the mail server wants a password, dsar.toml says:
# password = "file:/run/credentials/dsar-remind.service/smtp-password"
# LoadCredential=smtp-password:/etc/dsar/smtp-password
ExecStart={program} remind --quiet
TimeoutStartSec=10min

# /etc/systemd/system/dsar-remind.timer
[Unit]
Description=dsar: hourly in the day

[Timer]
OnCalendar=*-*-* 06..19:05:00
Persistent=true
RandomizedDelaySec=120

[Install]
WantedBy=timers.target

# Then: systemctl daemon-reload && systemctl enable --now dsar-remind.timer
# After downtime it runs once, not once per missed hour.
# A run that fails is not restarted: the next hour is the retry.
"""

_WINDOWS = """\
# In PowerShell, as the account that keeps the workspace.
# A missed start is made up for once.
[Environment]::SetEnvironmentVariable("DSAR_HOME", "{home}", "User")
$run = New-ScheduledTaskAction -Execute "{program}" -Argument "remind --quiet"
$from = Get-Date -Hour 6 -Minute 5 -Second 0
$at = New-ScheduledTaskTrigger -Daily -At $from
$every = New-TimeSpan -Hours 1
$for = New-TimeSpan -Hours 14
$again = @{{ RepetitionInterval = $every; RepetitionDuration = $for }}
$hourly = New-ScheduledTaskTrigger -Once -At $from @again
$at.Repetition = $hourly.Repetition
$max = New-TimeSpan -Minutes 10
$how = New-ScheduledTaskSettingsSet -StartWhenAvailable -ExecutionTimeLimit $max
$task = @{{ TaskName = "dsar remind"; Action = $run }}
Register-ScheduledTask @task -Trigger $at -Settings $how
"""

_MAC = """\
<!-- ~/Library/LaunchAgents/dsar.remind.plist
     Then: launchctl bootstrap gui/$UID ~/Library/LaunchAgents/dsar.remind.plist -->
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"
  "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>dsar.remind</string>
  <key>ProgramArguments</key>
  <array>
    <string>{program}</string>
    <string>remind</string>
    <string>--quiet</string>
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>DSAR_HOME</key><string>{home}</string>
    <key>LANG</key><string>C.UTF-8</string>
  </dict>
  <key>StartCalendarInterval</key>
  <array>
{hours}
  </array>
</dict>
</plist>
"""
_HOUR = """\
    <dict>
      <key>Hour</key><integer>{}</integer>
      <key>Minute</key><integer>5</integer>
    </dict>"""
_HOURS = range(6, 20)


def text(kind: str, program: Path, home: Path) -> str:
    """The text to install for one kind of machine, with the whole paths of program and workspace."""
    if kind == "cron":
        # a bare % ends the command in a crontab
        typed = quote(str(program)).replace("%", r"\%")
        return _CRON.format(folder=program.parent, program=typed, home=home)
    if kind == "systemd":
        return _SYSTEMD.format(program=_unit(program), home=_unit(home))
    if kind == "windows":
        return _WINDOWS.format(program=program, home=home)
    hours = "\n".join(_HOUR.format(hour) for hour in _HOURS)
    plist = _MAC.format(program=escape(str(program)), home=escape(str(home)), hours=hours)
    comment, _, rest = plist.partition("-->\n")
    # the declaration must be the first thing in the file, so the note goes below it
    first, _, below = rest.partition("\n")
    return f"{first}\n{comment}-->\n{below}"


def _unit(path: Path) -> str:
    """A path as systemd reads it: its own percent signs doubled, blanks escaped."""
    return str(path).replace("\\", "\\\\").replace("%", "%%").replace(" ", r"\x20")

# SPDX-License-Identifier: GPL-2.0-only
"""A headless Chromium, driven through a pipe by its DevTools protocol; and PNGs read back."""

import base64
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

PROGRAMS = ('chromium-headless-shell', 'chromium')


class Browser:
    """One page of one browser. Whatever goes wrong in it is kept in .events."""

    def __init__(self, width=1300, height=1000):
        program = next((path for path in map(shutil.which, PROGRAMS) if path), None)
        if not program:
            raise SystemExit(f'none of {", ".join(PROGRAMS)} is installed: tests/deps page')
        self.folder = tempfile.mkdtemp()
        to_browser, self.out = os.pipe()
        self.into, from_browser = os.pipe()
        self.number = 0
        self.pending = b''
        self.events = []

        def pipes():
            # Above all numbers in use, then down to what the browser expects.
            high = [os.dup2(fd, 200 + i) for i, fd in enumerate((to_browser, from_browser))]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
             '--disable-background-networking', '--disable-dev-shm-usage',
             # Little, so that a list of thousands as arguments of a function is found.
             '--js-flags=--stack-size=200',
             f'--user-data-dir={self.folder}', f'--window-size={width},{height}',
             '--remote-debugging-pipe', 'about:blank'],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.session = None
        targets = self.call('Target.getTargets')['targetInfos']
        target = next(one for one in targets if one['type'] == 'page')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in 'Page', 'Runtime', 'Network', 'Log':
            self.call(f'{domain}.enable')
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def close(self):
        os.close(self.out)
        os.close(self.into)
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self):
        while b'\0' not in self.pending:
            more = os.read(self.into, 1 << 20)
            if not more:
                raise SystemExit('the browser is gone')
            self.pending += more
        text, self.pending = self.pending.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        call = {'id': self.number, 'method': method, 'params': parameters}
        if self.session:
            call['sessionId'] = self.session
        os.write(self.out, json.dumps(call).encode() + b'\0')
        while True:
            got = self.message()
            if got.get('id') == self.number:
                if 'error' in got:
                    raise RuntimeError(f'{method}: {got["error"]}')
                return got['result']
            self.events.append(got)

    def value(self, expression):
        """What an expression of the page's script gives, as JSON can say it."""
        got = self.call('Runtime.evaluate', expression=expression, returnByValue=True,
                        awaitPromise=True)
        if 'exceptionDetails' in got:
            raise RuntimeError(f'{expression}: {got["exceptionDetails"]}')
        return got['result'].get('value')

    def wait(self, expression, seconds=20):
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise SystemExit(f'in vain waited for {expression}')
            time.sleep(.01)

    def open(self, url):
        self.call('Page.navigate', url=url)
        self.wait('document.readyState === "complete"')

    def key(self, key, modifiers=0):
        for kind in 'keyDown', 'keyUp':
            self.call('Input.dispatchKeyEvent', type=kind, key=key, code=key, modifiers=modifiers,
                      windowsVirtualKeyCode={'Enter': 13, 'Tab': 9, 'Escape': 27, 'ArrowRight': 39,
                                             'ArrowLeft': 37, 'Home': 36, 'End': 35}.get(key, 0),
                      **({'text': '\r'} if key == 'Enter' and kind == 'keyDown' else {}))

    def mouse(self, kind, x, y):
        self.call('Input.dispatchMouseEvent', type=kind, x=x, y=y, button='left', clickCount=1)

    def screenshot(self, name, box):
        """The part (x, y, width, height) of the page, whether it is in sight or not."""
        clip = dict(zip(('x', 'y', 'width', 'height'), box), scale=1)
        png = base64.b64decode(self.call('Page.captureScreenshot', captureBeyondViewport=True,
                                         clip=clip)['data'])
        with open(name, 'wb') as file:
            file.write(png)
        return Picture(png)

    def requests(self):
        return [event['params']['request']['url'] for event in self.events
                if event.get('method') == 'Network.requestWillBeSent']

    def complaints(self):
        return [event for event in self.events
                if event.get('method') in ('Runtime.exceptionThrown', 'Log.entryAdded')]


class Picture:
    """The pixels of a PNG with 8 bits a channel."""

    def __init__(self, png):
        assert png[:8] == b'\x89PNG\r\n\x1a\n'
        at, packed = 8, b''
        while at < len(png):
            length, kind = struct.unpack('>I4s', png[at:at + 8])
            body = png[at + 8:at + 8 + length]
            if kind == b'IHDR':
                self.width, self.height, depth, colour, _, _, interlaced = struct.unpack('>IIBBBBB', body)
                assert depth == 8 and colour in (2, 6) and not interlaced
                self.channels = 3 if colour == 2 else 4
            elif kind == b'IDAT':
                packed += body
            at += length + 12
        self.rows = list(self.unfilter(zlib.decompress(packed)))

    def unfilter(self, raw):
        step, size = self.channels, self.width * self.channels
        above = bytearray(size)
        for start in range(0, len(raw), size + 1):
            kind, row = raw[start], bytearray(raw[start + 1:start + 1 + size])
            for i in range(size) if kind in (1, 3, 4) else ():
                left = row[i - step] if i >= step else 0
                up, corner = above[i], above[i - step] if i >= step else 0
                if kind == 1:
                    row[i] = row[i] + left & 255
                elif kind == 3:
                    row[i] = row[i] + (left + up >> 1) & 255
                else:
                    p = left + up - corner
                    pa, pb, pc = abs(p - left), abs(p - up), abs(p - corner)
                    near = left if pa <= pb and pa <= pc else up if pb <= pc else corner
                    row[i] = row[i] + near & 255
            if kind == 2:
                row = bytearray(a + b & 255 for a, b in zip(row, above))
            yield row
            above = row

    def at(self, x, y):
        return tuple(self.rows[y][x * self.channels:x * self.channels + 3])

    def colours(self):
        """How many pixels there are of each colour."""
        found = {}
        for y in range(self.height):
            for x in range(self.width):
                pixel = self.at(x, y)
                found[pixel] = found.get(pixel, 0) + 1
        return found

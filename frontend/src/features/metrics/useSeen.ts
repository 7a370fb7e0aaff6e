import { type RefCallback, useCallback, useState } from "react";

/** What is nearer than this to the visible part of the page counts as seen. */
const NEAR = "200px";

/** Whether an element is in view, and whether it ever was: charts are made when first seen and asleep out of sight. */
export function useSeen<T extends Element>(): { ref: RefCallback<T>; isNear: boolean; wasSeen: boolean } {
  const [isNear, setIsNear] = useState(false);
  const [wasSeen, setWasSeen] = useState(false);
  const ref = useCallback((element: T | null) => {
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const isIntersecting = entries.at(-1)?.isIntersecting ?? false;
        setIsNear(isIntersecting);
        if (isIntersecting) setWasSeen(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, isNear, wasSeen };
}

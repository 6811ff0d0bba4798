'use client'

/** The shell around the page goes on. */
export { PageFailed as default } from '@/components/page-failed'

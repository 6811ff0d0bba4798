export { AuditSkeleton as default } from '@/components/page-skeletons'

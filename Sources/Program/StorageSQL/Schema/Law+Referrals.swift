// Laws of referrals. One is live in the states 2 to 7.
extension Law {
  static let ofReferrals = [
    Law(
      "INV-5: one live referral per person, pathway and destination",
      """
      SELECT p.person_id FROM referral r JOIN referral_person p ON p.referral_id = r.uid
        WHERE r.state IN (2,3,4,5,6,7)
        GROUP BY p.person_id, r.pathway, p.destination HAVING COUNT(*) > 1
      """
    ),
    Law(
      "INV-5: one live referral per person and exclusive group",
      """
      SELECT p.person_id FROM referral r JOIN referral_person p ON p.referral_id = r.uid
        WHERE r.state IN (2,3,4,5,6,7) AND p.excl_group IS NOT NULL
        GROUP BY p.person_id, p.excl_group HAVING COUNT(*) > 1
      """
    ),
    Law(
      "INV-5: a referral counts for its people while it is live",
      """
      SELECT r.uid FROM referral r LEFT JOIN referral_person p ON p.referral_id = r.uid
        WHERE p.referral_id IS NULL OR p.pathway <> r.pathway
          OR p.live <> CASE WHEN r.state IN (2,3,4,5,6,7) THEN 1 ELSE 0 END
      """
    ),
    // What a consent is now, its last event says, so that this needs no key: ACTIVE (2), or EXPIRED (4), which ends
    // nothing. A referral's purpose is its pathway's, in whose body it is a number that a comma or the end of the object
    // follows.
    Law(
      "INV-6: nobody who has not agreed, or has taken it back, is in a referral that is sent",
      """
      SELECT r.uid FROM referral r JOIN referral_person p ON p.referral_id = r.uid
        JOIN pathway w ON w.uid = r.pathway
        WHERE r.state IN (2,3,5) AND NOT EXISTS (SELECT 1 FROM consent c JOIN status_event e
          ON e.aggregate = 10 AND e.aggregate_id = c.uid AND e.version = c.version
          WHERE c.person_id = p.person_id AND c.recipient = r.to_id AND e.state_after IN (2,4)
            AND (w.body LIKE '%"purpose":' || c.purpose || ',%'
              OR w.body LIKE '%"purpose":' || c.purpose || '}%'))
      """
    ),
  ]
}
